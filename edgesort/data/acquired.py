"""Recordings as acquisition systems write them, through SpikeInterface: raw, Intan, Open Ephys, SpikeGLX, NWB."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError

RAW = (".bin", ".dat", ".raw")
INTAN = (".rhd", ".rhs")
# Streams of a system that hold no spikes: a recording's own stream is chosen among the others.
NO_SPIKES = ("SYNC", "ADC", "lf", "LFP", "nidq", "NI-DAQ", "auxiliary", "supply", "USB", "DC ", "stim", "temperature")


def open_raw(path: Path, sampling_frequency: float | None, channels: int | None, dtype: str) -> si.BaseRecording:
    """Interleaved samples without a header. DataError unless the caller says what they are, and they fill the file."""
    if sampling_frequency is None or channels is None:
        raise DataError(
            f"{path}: expected a sampling frequency and a number of channels with a raw file, "
            f"found {sampling_frequency} and {channels}; give both"
        )
    size, frame = path.stat().st_size, channels * np.dtype(dtype).itemsize
    if size % frame:
        raise DataError(f"{path}: expected frames of {channels} channels of {dtype}, found {size % frame} bytes more")
    return signed(si.BinaryRecordingExtractor([path], sampling_frequency, dtype, channels))


def open_nwb(path: Path, stream: str | None) -> si.BaseRecording:
    """The file's one electrical series, or that of the path `stream`."""
    from spikeinterface.extractors import read_nwb_recording

    return signed(_opened(path, "an NWB file", lambda: read_nwb_recording(path, electrical_series_path=stream)))


def open_system(path: Path, stream: str | None) -> si.BaseRecording | None:
    """A file or folder of Intan, Open Ephys or SpikeGLX; None if it is none of these."""
    if path.suffix.lower() in INTAN:
        return _stream("intan", path, path, stream)
    if path.suffix == ".meta" or path.with_suffix(".meta").is_file():
        return _stream("spikeglx", path, path.parent, stream or ".".join(path.stem.split(".")[1:]))
    if not path.is_dir():
        return None
    header = next((path / f"info{suffix}" for suffix in INTAN if (path / f"info{suffix}").is_file()), None)
    if header:
        return _stream("intan", path, header, stream)
    if any(path.rglob("structure.oebin")):
        return _stream("openephysbinary", path, path, stream)
    if any(path.glob("*.continuous")):
        return _stream("openephyslegacy", path, path, stream)
    return _stream("spikeglx", path, path, stream) if any(path.rglob("*.meta")) else None


def signed(recording: si.BaseRecording) -> si.BaseRecording:
    """Unsigned 16-bit samples minus half their range, which is an amplifier's 0; others as they are."""
    if np.dtype(recording.get_dtype()) != np.uint16:
        return recording
    from spikeinterface.preprocessing import unsigned_to_signed

    return unsigned_to_signed(recording)


def line(error: Exception) -> str:
    """An exception's first line, or its kind."""
    text = str(error).strip().splitlines()
    if not text:
        return type(error).__name__
    return f"no {text[0]}" if isinstance(error, KeyError) else text[0]


def _stream(system: str, path: Path, place: Path, wanted: str | None) -> si.BaseRecording:
    from spikeinterface.extractors import get_neo_streams
    from spikeinterface.extractors.extractor_classes import recording_extractor_full_dict

    def names() -> list[str]:
        return [str(name) for name in get_neo_streams(system, place)[0]]

    found: list[str] = _opened(path, f"a recording of {system}", names)
    likely = [name for name in found if not any(mark in name for mark in NO_SPIKES)]
    if wanted is not None and wanted not in found:
        raise DataError(f"{path}: expected a stream of {', '.join(found)}, found none named {wanted}")
    if wanted is None and len(likely) != 1:
        raise DataError(f"{path}: expected one stream, found {', '.join(found) or 'none'}; give the stream's name")
    name, reader = wanted or likely[0], recording_extractor_full_dict[system]
    return signed(_opened(path, f"a recording of {system}", lambda: reader(place, stream_name=name)))


def _opened(path: Path, what: str, read: Callable[[], Any]) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is missing beside the samples
            return read()
    except Exception as error:  # every reader raises kinds of its own for a broken file
        raise DataError(f"{path}: expected {what} that SpikeInterface reads, found {line(error)}") from None
