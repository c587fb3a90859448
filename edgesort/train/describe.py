"""What came of a training run on a recording: its units, what their scores rest on, and how good the device is.

run/model.onnx + run/results.json + recording + labels -> a dict for described.json
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.recordings import check_recording
from edgesort.data.scoring import score
from edgesort.fixed import Array
from edgesort.frontends.qonnx import load
from edgesort.sort import sort
from edgesort.train.events import MATCH_S, accuracy
from edgesort.train.occlusion import REACH_S, Sight, fall, pieces, sight
from edgesort.train.trained import compared
from edgesort.train.waveforms import BINS, INTERVALS_MS, REFRACTORY_MS, analyzed, described_units, intervals, short

BLOCKS = 10  # of the labelled part, each with its accuracy
SNIPPETS = 10  # spikes of a unit from which pieces are taken away
ALONE_S = 0.002  # to the next spike of another unit
FEWEST = 5  # spikes that the device must find of a unit, or its labels are described
Trains = dict[str, Array]


def describe(run: Path, recording: si.BaseRecording, sorting: si.BaseSorting) -> dict[str, Any]:
    """Describe `run` on the recording that it was trained on, with its labels `sorting`; a small dict for JSON.

    Whatever is said of the device comes from run/model.onnx, the integer graph. A unit of which that finds fewer
    than FEWEST spikes is described by its labels; "described_by" says so. DataError if the recording does not suit.
    """
    results = _read(run / "results.json")
    graph = load(run / "model.onnx")
    recording = check_recording(recording, graph)
    deployed = sort(graph, recording)
    found, labels = trains_of(deployed), trains_of(sorting)
    shown = {unit: train if len(train) >= FEWEST else labels.get(unit, train) for unit, train in found.items()}
    firing = {unit: train for unit, train in shown.items() if len(train)}
    rate, frames = float(recording.get_sampling_frequency()), int(recording.get_num_frames())
    seen = sight(graph)
    units: dict[str, dict[str, Any]] = {}
    if firing:
        analyzer = analyzed(recording, si.NumpySorting.from_unit_dict([firing], rate))
        units = described_units(analyzer, frames)
    for unit, made in units.items():
        made["described_by"] = "device" if firing[unit] is found[unit] else "labels"
        made["labels"] = None
        if unit in labels:
            made["labels"] = {"spikes": len(labels[unit]), "intervals": intervals(labels[unit], rate)}
        spikes = alone(unit, firing, rate)
        made["occlusion"] = _occlusion(seen, recording, spikes, graph.labels.index(unit), made["indices"])
    starts, size = pieces(rate)
    early = -int(REACH_S * rate)  # of a template, as SpikeInterface rounds it
    return {
        "recording": {
            "frames": frames,
            "channels": [str(channel) for channel in recording.channel_ids],
            "sampling_frequency": rate,
            "amplitudes_in": "µV" if recording.has_scaleable_traces() else "ADC counts",
            "bins": BINS,
        },
        "template_ms": {"first": short(early / rate * 1e3), "step": short(1e3 / rate)},
        "window_ms": seen.window_ms() and short(seen.window_ms()),
        "pieces_ms": short((starts + size / 2) / rate * 1e3),
        "piece_ms": short(size / rate * 1e3),
        "intervals_ms": list(INTERVALS_MS),
        "refractory_ms": REFRACTORY_MS,
        "units": units,
        "never_found": [unit for unit, train in shown.items() if not len(train)],
        "accuracy": _accuracy(results, recording, sorting, deployed),
        "over_time": over_time(labels, found, frames, rate),
        "deployed_equals_trained": compared(run, graph, recording, found, results["split"]["score"][0]),
    }


def write_described(run: Path, content: dict[str, Any]) -> None:
    """described.json of a run."""
    (run / "described.json").write_text(json.dumps(content, ensure_ascii=False) + "\n")


def trains_of(sorting: si.BaseSorting) -> Trains:
    """Frames of each unit's spikes, by its name as text."""
    return {str(unit): np.asarray(sorting.get_unit_spike_train(unit), np.int64) for unit in sorting.unit_ids}


def over_time(labels: Trains, found: Trains, frames: int, sampling_frequency: float) -> list[dict[str, Any]]:
    """Accuracy in BLOCKS equal blocks up to the last label: each unit's own name decides, nothing is matched.

    None for a unit without a labelled spike in the block; the mean is over the others, None without any.
    """
    last = max((int(train[-1]) + 1 for train in labels.values() if len(train)), default=0)
    edges = np.linspace(0, min(last, frames), BLOCKS + 1).astype(int)
    within = MATCH_S * sampling_frequency
    blocks = []
    for start, end in pairwise(edges):
        rows: dict[str, float | None] = {}
        for unit, train in labels.items():
            true, got = (_inside(t, start, end) for t in (train, found.get(unit, np.zeros(0, np.int64))))
            rows[unit] = short(accuracy(true, got, within)) if len(true) else None
        known = [value for value in rows.values() if value is not None]
        blocks.append(
            {"frames": [int(start), int(end)], "units": rows, "mean": short(np.mean(known)) if known else None}
        )
    return blocks if last else []


def alone(unit: str, trains: Trains, sampling_frequency: float) -> Array:
    """SNIPPETS spikes of a unit, evenly over time, with no other unit's near them; of all spikes where few are so."""
    train = trains[unit]
    others = np.sort(np.concatenate([np.zeros(0, np.int64), *(t for name, t in trains.items() if name != unit)]))
    reach = round(ALONE_S * sampling_frequency)
    crowd = np.searchsorted(others, train + reach, "right") - np.searchsorted(others, train - reach)
    free = train[crowd == 0] if (crowd == 0).sum() >= FEWEST else train
    chosen: Array = free[np.linspace(0, len(free) - 1, min(SNIPPETS, len(free))).astype(int)]
    return chosen


def _occlusion(
    seen: Sight, recording: si.BaseRecording, spikes: Array, row: int, channels: list[int]
) -> dict[str, Any] | None:
    """Means over the spikes, in units of the network's score; None if none lies whole within the recording."""
    whole, falls = fall(seen, recording, spikes.tolist(), row, channels)
    if not len(whole):
        return None
    mean = falls.mean(0) * seen.step
    return {"spikes": len(whole), "score": short(whole.mean() * seen.step), "fall": short(mean)}


def _accuracy(
    results: dict[str, Any], recording: si.BaseRecording, sorting: si.BaseSorting, deployed: si.BaseSorting
) -> dict[str, Any]:
    """Scores of the float and the quantized network as the run states them, and of the device, on the unused part."""
    start = int(results["split"]["score"][0])
    unseen = sum(int((train >= start).sum()) for train in trains_of(sorting).values())
    if not unseen:
        reason = {"not_run": f"no label lies in the part that was not used, from frame {start} on"}
        return dict.fromkeys(("float", "quantized", "deployed"), reason)
    absent = {"not_run": "results.json has no scores of it"}
    stated = {name: results.get(name) or absent for name in ("float", "quantized")}
    named = [
        unit for unit in deployed.unit_ids if str(unit) in trains_of(sorting)
    ]  # units added later have labels alone
    return stated | {"deployed": score(recording, sorting, deployed.select_units(named), start)}


def _inside(train: Array, start: int, end: int) -> Array:
    return train[(train >= start) & (train < end)]


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DataError(f"{path}: expected the results of a training run, found none; train first")
    return dict(json.loads(path.read_text()))
