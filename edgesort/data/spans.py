"""Stretches of a recording with a label (a seizure, a ripple), as a sorting: a unit "start" and a unit "end".

So they travel in the folders that spikes travel in. A span is [start, end) in frames.
"""

from __future__ import annotations

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.fixed import Array


def to_sorting(spans: Array, sampling_frequency: float) -> si.BaseSorting:
    """Spans [n, 2], in order and apart, as a sorting of the units "start" and "end"."""
    return si.NumpySorting.from_unit_dict([{"start": spans[:, 0], "end": spans[:, 1]}], sampling_frequency)


def from_sorting(sorting: si.BaseSorting) -> Array:
    """Spans [n, 2]; DataError unless each start has its end."""
    units = sorted(map(str, sorting.unit_ids))
    if units != ["end", "start"]:
        raise DataError(f"sorting: expected the units start and end of labelled spans, found {', '.join(units)}")
    starts, ends = (np.asarray(sorting.get_unit_spike_train(unit), np.int64) for unit in ("start", "end"))
    if len(starts) != len(ends) or (starts >= ends).any() or (ends[:-1] > starts[1:]).any():
        raise DataError(f"sorting: expected an end after each start, found {len(starts)} starts, {len(ends)} ends")
    return np.stack([starts, ends], 1)


def marked(spans: Array, frames: int) -> Array:
    """bool [frames]: True inside spans."""
    marks = np.zeros(frames, bool)
    for start, end in spans:
        marks[max(start, 0) : max(end, 0)] = True
    return marks


def runs(marks: Array, join: int = 0) -> Array:
    """Spans [n, 2] where `marks` is True; those at most `join` frames apart are one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    spans = edges.reshape(-1, 2)
    apart = spans[1:, 0] - spans[:-1, 1] > join
    first, last = np.ones(len(spans), bool), np.ones(len(spans), bool)
    first[1:], last[:-1] = apart, apart
    return np.stack([spans[first, 0], spans[last, 1]], 1)
