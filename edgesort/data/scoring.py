"""Accuracy of a sorting against the truth, as the field measures it: SpikeInterface's comparison, 0.4 ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import spikeinterface.core as si
from spikeinterface.comparison import GroundTruthComparison, compare_sorter_to_ground_truth

from edgesort.data.errors import DataError
from edgesort.data.hybrid import OVERLAP_S, near_other
from edgesort.data.noise import highpass, mad
from edgesort.fixed import Array

MATCH_MS = 0.4
RATIOS = ("accuracy", "precision", "recall", "recall_separate", "recall_overlapping", "snr")
WAVEFORM = 20  # frames either side of a spike in which its mean waveform is measured


def score(
    recording: si.BaseRecording, truth: si.BaseSorting, found: si.BaseSorting, start: int = 0, end: int | None = None
) -> dict[str, Any]:
    """Compare `found` with `truth` in frames [start, end) of a `recording`; a dict for JSON.

    Units are matched by the Hungarian method, whatever their names. accuracy = tp / (tp + fn + fp).
    recall_separate and recall_overlapping: of spikes without and with another unit's within 1 ms.
    snr: greatest deviation of the unit's mean waveform over the channel's noise, both behind the high-pass.
    mean_accuracy: over all units that fired in these frames; mean_accuracy_snr5: over those whose SNR is 5 or more
    (None without one).
    confusion: true spikes by the found unit that fired within 0.4 ms, misses in the last column, events
    that no true spike explains in the last row. DataError if no unit fired.
    """
    end = recording.get_num_frames() if end is None else end
    # Numbers as names: SpikeInterface mixes up its mark for "no match" when names are text.
    true_part = _numbered(truth.frame_slice(start, end))
    found_part = _numbered(found.frame_slice(start, end))
    if not len(true_part.unit_ids):
        raise DataError(
            f"frames {start} to {end}: expected spikes to score against, found none; use a longer recording"
        )
    comparison = compare_sorter_to_ground_truth(
        true_part,
        found_part,
        delta_time=MATCH_MS,
        exhaustive_gt=True,
        compute_labels=True,
        compute_misclassifications=True,
    )
    filtered = highpass(recording.get_traces(end_frame=end), recording.get_sampling_frequency())[start:]
    noise = np.array([mad(channel) for channel in filtered.T])
    rows = [_unit(comparison, true_part, filtered, noise, unit) for unit in range(len(truth.unit_ids))]
    names = [str(unit) for unit in found.unit_ids]
    for row in rows:
        row["found_unit"] = names[row["found_unit"]] if row["found_unit"] >= 0 else None
    audible = [row["accuracy"] for row in rows if row["snr"] >= 5]
    return {
        "units": {str(unit): row for unit, row in zip(truth.unit_ids, rows, strict=True)},
        "mean_accuracy": float(np.mean([row["accuracy"] for row in rows if row["spikes"]] or [0.0])),
        "mean_accuracy_snr5": float(np.mean(audible)) if audible else None,
        "noise": noise.tolist(),
        "match_ms": MATCH_MS,
        "frames": [start, end],
        "confusion": {
            "true": [*map(str, truth.unit_ids), "none"],
            "found": [*names, "none"],
            "counts": _confusion(comparison, len(rows), len(names)),
        },
    }


def _numbered(sorting: si.BaseSorting) -> si.BaseSorting:
    """The same spike trains under the names 0, 1, 2, ..., without the empty ones, with which SpikeInterface fails."""
    trains: Sequence[Array] = [sorting.get_unit_spike_train(unit) for unit in sorting.unit_ids]
    labels = np.repeat(np.arange(len(trains)), [len(train) for train in trains])
    times = np.concatenate([np.empty(0, np.int64), *trains])
    return si.NumpySorting.from_samples_and_labels(
        [times], [labels], sorting.get_sampling_frequency(), unit_ids=np.unique(labels)
    )


def _unit(
    comparison: GroundTruthComparison, truth: si.BaseSorting, filtered: Array, noise: Array, unit: int
) -> dict[str, Any]:
    if unit not in truth.unit_ids:
        return {"found_unit": -1, "spikes": 0, "found": 0, "hits": 0, "overlapping": 0} | dict.fromkeys(RATIOS, 0.0)
    times = truth.get_unit_spike_train(unit)
    others = [truth.get_unit_spike_train(other) for other in truth.unit_ids if other != unit]
    crowded = np.sort(np.concatenate([np.empty(0, np.int64), *others]))
    overlapping = near_other(times, crowded, OVERLAP_S * truth.get_sampling_frequency())
    hit = comparison.get_labels1(unit)[0] == "TP"
    match = int(comparison.hungarian_match_12[unit])
    found = len(comparison.sorting2.get_unit_spike_train(match)) if match >= 0 else 0
    hits = int(hit.sum())
    return {
        "found_unit": match,
        "spikes": len(times),
        "found": found,
        "hits": hits,
        "accuracy": _ratio(hits, len(times) + found - hits),
        "precision": _ratio(hits, found),
        "recall": _ratio(hits, len(times)),
        "overlapping": int(overlapping.sum()),
        "recall_separate": _ratio(int(hit[~overlapping].sum()), int((~overlapping).sum())),
        "recall_overlapping": _ratio(int(hit[overlapping].sum()), int(overlapping.sum())),
        "snr": _snr(filtered, noise, times),
    }


def _confusion(comparison: GroundTruthComparison, true_units: int, found_units: int) -> list[list[int]]:
    """Counts [true units + 1, found units + 1] from SpikeInterface's label of each spike."""
    counts = np.zeros((true_units + 1, found_units + 1), np.int64)
    for unit in comparison.sorting1.unit_ids:
        for label in comparison.get_labels1(unit)[0]:
            column = {"TP": int(comparison.hungarian_match_12[unit]), "FN": found_units}.get(label)
            counts[unit, int(label.split("_")[2]) if column is None else column] += 1
    for unit in comparison.sorting2.unit_ids:
        counts[true_units, unit] = np.sum(comparison.get_labels2(unit)[0] == "FP")
    return [[int(count) for count in row] for row in counts]


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _snr(filtered: Array, noise: Array, times: Array) -> float:
    inside = times[(times >= WAVEFORM) & (times < len(filtered) - WAVEFORM)]
    if not len(inside):
        return 0.0
    waveform = filtered[inside[:, None] + np.arange(-WAVEFORM, WAVEFORM)].mean(0)
    return float((np.abs(waveform).max(0) / noise).max())
