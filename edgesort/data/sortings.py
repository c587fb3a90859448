"""Read sortings: the labels of a recording."""

from __future__ import annotations

from pathlib import Path

import spikeinterface.core as si

from edgesort.data.errors import DataError


def load_sorting(path: str | Path, recording: si.BaseRecording) -> si.BaseSorting:
    """A sorting folder of the recording; DataError if it cannot be read or cannot be of this recording."""
    try:
        sorting = si.load(Path(path))
    except Exception as error:  # SpikeInterface raises many kinds for a broken folder
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path}: expected a sorting that SpikeInterface loads, found {reason}") from None
    if not isinstance(sorting, si.BaseSorting):
        raise DataError(f"{path}: expected a sorting, found a {type(sorting).__name__}")
    found, expected = sorting.get_sampling_frequency(), recording.get_sampling_frequency()
    if abs(found - expected) > 1e-3 * expected:
        raise DataError(f"{path}: expected spike times at {expected:g} Hz, the recording's, found {found:g} Hz")
    frames = recording.get_num_frames()
    for unit in sorting.unit_ids:
        train = sorting.get_unit_spike_train(unit)
        if len(train) and (train.min() < 0 or train.max() >= frames):
            raise DataError(f"{path}: expected spikes within {frames} frames, found unit {unit} at {train.max()}")
    if not len(sorting.unit_ids):
        raise DataError(f"{path}: expected at least one unit, found none")
    return sorting
