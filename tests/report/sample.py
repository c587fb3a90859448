"""A folder as `edgesort demo` leaves it, from a synthetic recording: for tests and for looking at the page."""

import json
from itertools import pairwise

import numpy as np
import spikeinterface.core as si

from edgesort import serial
from edgesort.data.scoring import score
from tests.graphs import sorter

RATE = 19531.0
UNITS = ("unit_017", "unit_033", "unit_041", "unit_088")
SNRS = (10.0, 8.0, 6.5, 5.5)
NOISE = 300.0
TARGETS = {
    "host": {"object_bytes": 5312, "state_bytes": 1180},
    "mps2-an386": {
        "flash_bytes": 9480,
        "ram_bytes": 2216,
        "instructions_per_sample": 6134.2,
        "instructions_per_sample_max": 6391,
    },
    "icebreaker": {
        "lut4": 2412,
        "lut4_available": 5280,
        "ebr": 14,
        "ebr_available": 30,
        "mac16": 5,
        "mac16_available": 8,
        "fmax_hz": 31_420_000,
        "clock_hz": 24_000_000,
        "cycles_per_sample": 1043,
        "latency_us": 43.46,
    },
    "hls4ml": {"window_frames": 34, "multiplications_a_window": 1949, "synthesis": "not run: vitis_hls not found"},
}
EXECUTORS = {
    "run": ("torch", "qonnx"),
    "host": ("c-host",),
    "mps2-an386": ("qemu-mps2-an386",),
    "icebreaker": ("rtl", "netlist"),
    "hls4ml": ("hls4ml",),
}


def make(folder, seconds=24.0):
    """Fill the new folder `folder`."""
    rng = np.random.default_rng(5)
    frames, graph = int(seconds * RATE), sorter()
    trains = {unit: np.sort(rng.choice(frames - 400, int(15 * seconds), replace=False) + 200) for unit in UNITS}
    samples = _signal(rng, frames, trains)
    recording = si.NumpyRecording([samples], RATE)
    truth = si.NumpySorting.from_unit_dict([trains], RATE)
    start = frames * 6 // 10
    folder.mkdir()
    recording.save(folder=folder / "recording", format="binary", verbose=False, progress_bar=False)
    truth.save(folder=folder / "truth")
    stages = {}
    for stage, lost in (("float", 0.03), ("quantized", 0.035), ("deployed", 0.035)):
        found = si.NumpySorting.from_unit_dict([_found(np.random.default_rng(3), trains, lost)], RATE)
        stages[stage] = score(recording, truth, found, start)
    found.save(folder=folder / "sorting")
    steps = np.arange(1, 31)
    run = {
        **{stage: stages[stage] for stage in ("float", "quantized")},
        "split": {"train": [0, frames // 2], "thresholds": [frames // 2, start], "score": [start, frames]},
        "loss": list(0.9 * np.exp(-steps / 6) + 0.05 + rng.normal(0, 0.004, 30)),
        "accuracy": list(0.96 - 0.5 * np.exp(-steps / 4)),
        "seconds": 96.4,
        "from_scratch": False,
        "parameters": 797,
        "weight_bits": 6,
    }
    facts = {
        "kind": "hybrid",
        "background": [f"file_{k:03}.wav" for k in range(24)],
        "units": dict(zip(UNITS, SNRS, strict=True)),
        "seconds": seconds,
        "seed": 0,
        "spikes": {unit: len(train) for unit, train in trains.items()},
        "sha256": "9f" * 32,
    }
    write(folder / "hybrid.json", facts)
    write(folder / "deployed.json", stages["deployed"])
    (folder / "run").mkdir()
    write(folder / "run" / "results.json", run)
    for target, costs in TARGETS.items():
        (folder / target).mkdir()
        write(folder / target / "graph.json", serial.to_json(graph))
        write(folder / target / "manifest.json", {"target": target, "costs": costs, "build_s": 12.5, "files": {}})
    for target, names in EXECUTORS.items():
        part = {"scored part": np.zeros((5, 1), np.int16), "raw N1 files": np.zeros((5, 1), np.int16)}
        np.savez(folder / target / "vectors.npz", **part)
        write(folder / target / "verify.json", {"executors": [verdict(name) for name in names]})
    return folder


def verdict(name):
    frames = {"netlist": 3906, "rtl": 39062, "hls4ml": 9967, "qemu-mps2-an386": 97655}.get(name, 1_171_860)
    counts = {"frames": frames, "values": frames * 5, "mismatches": 0, "first_mismatch": None, "missing": None}
    return {"equal": True, "name": name, "nodes": ["events"], **counts}


def write(path, content):
    path.write_text(json.dumps(content))


def _signal(rng, frames, trains):
    """Pink-ish background, an offset and templates, in the steps of 64 of a 10-bit ADC."""
    time = np.arange(-20, 40) / RATE * 1e3
    slow = np.cumsum(rng.normal(0, 60, frames))
    signal = rng.normal(0, NOISE, frames) + slow - np.convolve(slow, np.ones(4001) / 4001, "same")
    for index, (train, snr) in enumerate(zip(trains.values(), SNRS, strict=True)):
        width = 0.14 + 0.05 * index
        shape = -np.exp(-((time / width) ** 2)) + 0.35 * np.exp(-(((time - 0.35 - 0.1 * index) / 0.3) ** 2))
        for spike in train:
            signal[spike - 20 : spike + 40] += 1.2 * snr * NOISE * rng.normal(1, 0.05) * shape
    return (np.rint((signal - 4000) / 64) * 64).clip(-32768, 32767).astype(np.int16)[:, None]


def _found(rng, trains, lost):
    """The truth with spikes lost, some given to the next unit, some added, and a sample of jitter."""
    kept = {unit: train[rng.random(len(train)) > lost] + rng.integers(-1, 2) for unit, train in trains.items()}
    names = list(kept)
    for here, there in pairwise(names):
        moved = kept[here][:: int(1.2 / lost)]
        kept[here] = np.setdiff1d(kept[here], moved)
        kept[there] = np.union1d(kept[there], moved)
    kept[names[-1]] = np.union1d(kept[names[-1]], rng.integers(200, max(kept[names[0]]), 40))
    return kept
