"""Where a recording's channels are: a probe from a file, and which channels lie next to each other."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import probeinterface
import spikeinterface.core as si

from edgesort.data.acquired import line
from edgesort.data.errors import DataError
from edgesort.fixed import Array

READERS = {".json": probeinterface.read_probeinterface, ".prb": probeinterface.read_prb}
FAR = -1  # in a table of neighbours: no channel


def with_probe(recording: si.BaseRecording, path: str | Path) -> si.BaseRecording:
    """The recording with the probe of a probeinterface .json or a .prb file; the one given is left as it is.

    A probe without wiring is taken to have its contacts in the order of the channels.
    DataError unless each channel has one contact.
    """
    path = Path(path)
    if path.suffix not in READERS or not path.is_file():
        raise DataError(f"{path}: expected a file {' or '.join(READERS)} with a probe, found none")
    try:
        group = READERS[path.suffix](path)
    except Exception as error:  # probeinterface raises many kinds for a broken file
        raise DataError(f"{path}: expected a probe that probeinterface reads, found {line(error)}") from None
    channels = recording.get_num_channels()
    contacts = sum(probe.get_contact_count() for probe in group.probes)
    if contacts != channels:
        raise DataError(f"{path}: expected a contact for each of {channels} channels, found {contacts} contacts")
    if all(probe.device_channel_indices is None for probe in group.probes):
        group.set_global_device_channel_indices(np.arange(channels))
    wired = np.sort(group.get_global_device_channel_indices()["device_channel_indices"])
    if not np.array_equal(wired, np.arange(channels)):
        raise DataError(f"{path}: expected contacts wired to channels 0 to {channels - 1}, found {_short(wired)}")
    placed = recording.select_channels(recording.channel_ids)
    placed.set_probegroup(group)
    return placed


def located(recording: si.BaseRecording) -> bool:
    """Whether the recording says where its channels are."""
    return bool(recording.has_probe()) or recording.get_property("location") is not None


def neighbours(recording: si.BaseRecording, count: int, radius_um: float | None = None) -> Array:
    """For each channel the `count` nearest ones, itself first: int64 [channels, count], indices of channels.

    Those beyond `radius_um` are FAR. Equal distances go by the channels' order. Without a probe the distance is that
    in the channels' order, radius_um does not count, and a warning says so. DataError if `count` does not fit.
    """
    channels = recording.get_num_channels()
    if not 1 <= count <= channels:
        raise DataError(f"neighbours: expected a count of 1 to {channels}, the channels, found {count}")
    if not located(recording):
        warnings.warn("recording: no probe; neighbours are those in the order of the channels", stacklevel=2)
        radius_um = None
    where = recording.get_channel_locations() if located(recording) else np.arange(float(channels))[:, None]
    apart = np.round(np.linalg.norm(where[:, None] - where, axis=-1), 3)
    apart[np.diag_indices(channels)] = -1.0  # itself first, whatever lies on the same spot
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :count].astype(np.int64)
    if radius_um is not None:
        nearest[np.take_along_axis(apart, nearest, axis=1) > radius_um] = FAR
    return nearest


def _short(values: Array) -> str:
    return ", ".join(map(str, values[:8])) + (", ..." if len(values) > 8 else "")
