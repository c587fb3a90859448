"""Read sortings: the labels of a recording, from SpikeInterface, Phy, Kilosort or NWB."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import spikeinterface.core as si

from edgesort.data.acquired import line
from edgesort.data.errors import DataError

CURATED = ("cluster_group.tsv", "cluster_group.csv", "cluster_info.tsv", "cluster_info.csv")


def load_sorting(
    path: str | Path, recording: si.BaseRecording, *, groups: Sequence[str] | None = None
) -> si.BaseSorting:
    """A sorting of the recording: a SpikeInterface, Phy or Kilosort folder, or the units of an NWB file.

    groups: of Phy's curation, the ones kept ("good", "mua", "unsorted"); all but "noise" if None.
    Spike times of NWB are seconds, on the clock on which the recording starts at its start time.
    DataError if it cannot be read or cannot be of this recording.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path}: expected a sorting, found nothing there")
    sorting = _open(path, recording)
    if not isinstance(sorting, si.BaseSorting):
        raise DataError(f"{path}: expected a sorting, found a {type(sorting).__name__}")
    if sorting.get_num_segments() != 1:
        raise DataError(f"{path}: expected one segment, found {sorting.get_num_segments()}; use select_segments")
    sorting = _of_groups(path, sorting, groups)
    check_sorting(path, sorting, recording)
    return sorting


def check_sorting(path: Path, sorting: si.BaseSorting, recording: si.BaseRecording) -> None:
    """DataError unless rate, frames and units of the sorting can be the recording's."""
    found, expected = sorting.get_sampling_frequency(), recording.get_sampling_frequency()
    if abs(found - expected) > 1e-3 * expected:
        raise DataError(f"{path}: expected spike times at {expected:g} Hz, the recording's, found {found:g} Hz")
    frames = recording.get_num_frames()
    for unit in sorting.unit_ids:
        train = sorting.get_unit_spike_train(unit)
        outside = train[(train < 0) | (train >= frames)]
        if len(outside):
            raise DataError(f"{path}: expected spikes within {frames} frames, found unit {unit} at {outside[-1]}")
    if not len(sorting.unit_ids):
        raise DataError(f"{path}: expected at least one unit, found none")


def _open(path: Path, recording: si.BaseRecording) -> si.BaseSorting:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tables that say nothing about units
            return _read(path, recording)
    except Exception as error:  # SpikeInterface raises many kinds for a broken folder
        raise DataError(f"{path}: expected a sorting that SpikeInterface loads, found {line(error)}") from None


def _read(path: Path, recording: si.BaseRecording) -> si.BaseSorting:
    if path.suffix.lower() == ".nwb":
        from spikeinterface.extractors import read_nwb_sorting

        clock, start = recording.get_sampling_frequency(), recording.get_start_time()
        return read_nwb_sorting(path, sampling_frequency=clock, t_start=start)
    if not (path / "spike_times.npy").is_file():
        return si.load(path)
    from spikeinterface.extractors import read_kilosort, read_phy

    curated = any((path / name).is_file() for name in CURATED)
    return (read_phy(path) if curated else read_kilosort(path)).remove_empty_units()


def _of_groups(path: Path, sorting: si.BaseSorting, groups: Sequence[str] | None) -> si.BaseSorting:
    quality = sorting.get_property("quality")
    if quality is None:
        return sorting
    kept = quality != "noise" if groups is None else np.isin(quality, groups)
    if not kept.any():
        wanted = "other than noise" if groups is None else f"of {', '.join(groups)}"
        raise DataError(f"{path}: expected units {wanted}, found {', '.join(sorted(set(map(str, quality))))}")
    return sorting.select_units(sorting.unit_ids[kept])
