"""Read recordings: what SpikeInterface loads or reads, WAV, and numpy files; refuse what no device could have seen.

A recording holds the ADC's integers. Floats are not rounded here: only their owner knows the step.
"""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si
from scipy.io import wavfile

from edgesort.data.acquired import INTAN, RAW, line, open_nwb, open_raw, open_system
from edgesort.data.errors import DataError
from edgesort.fixed import Array
from edgesort.graph import Graph

READABLE = (
    "a SpikeInterface folder or .json, an Open Ephys or SpikeGLX folder, .wav, .nwb, "
    f"{', '.join((*INTAN, *RAW))}, .npz (samples, sampling_frequency) or .npy"
)
CHUNK, LEAST_CHUNK = 1 << 18, 1 << 12  # samples, and frames
CONVERT = 'divide by the ADC step and save as integers: numpy.round(samples / step).astype("int16")'


def load_recording(
    path: str | Path,
    sampling_frequency: float | None = None,
    *,
    channels: int | None = None,
    dtype: str = "int16",
    stream: str | None = None,
) -> si.BaseRecording:
    """Open a recording of integers, one segment. DataError says what is wrong with it.

    sampling_frequency: in Hz, for .npy and raw files, which state none. channels, dtype: for raw files, which hold
    one sample of each channel after the other. stream: of a system's folder or an NWB file that holds several.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path}: expected a recording, found nothing there")
    recording = _open(path, sampling_frequency, channels, dtype, stream)
    if recording.get_num_segments() != 1:
        raise DataError(f"{path}: expected one segment, found {recording.get_num_segments()}; use select_segments")
    if recording.get_num_frames() == 0:
        raise DataError(f"{path}: expected samples, found none")
    kind = np.dtype(recording.get_dtype()).kind
    if kind not in "iu":
        raise DataError(f"{path}: expected integer samples, found {_describe(recording)}; {CONVERT}")
    return recording


def check_recording(recording: si.BaseRecording, graph: Graph) -> si.BaseRecording:
    """The recording, without the channels that were left out when the graph was made for a recording like it.

    DataError unless the graph can run on it: channels, sampling frequency, length.
    """
    excluded = json.loads(dict(graph.provenance).get("excluded_channels", "[]"))
    kept = [channel for channel in recording.channel_ids if str(channel) not in excluded]
    if len(kept) == graph.input[1].size == recording.get_num_channels() - len(excluded):
        recording = recording.select_channels(kept) if excluded else recording
    channels, frequency = recording.get_num_channels(), recording.get_sampling_frequency()
    expected = graph.input[1].size
    if channels != expected:
        raise DataError(f"recording: expected {expected} channels for {graph.name}, found {channels}; select channels")
    if abs(frequency - graph.sampling_frequency) > 0.001 * graph.sampling_frequency:
        raise DataError(
            f"recording: expected a sampling frequency of {graph.sampling_frequency:g} Hz for {graph.name}, "
            f"found {frequency:g} Hz; resample it or train for {frequency:g} Hz"
        )
    if recording.get_num_frames() < graph.receptive_field:
        raise DataError(
            f"recording: expected {graph.receptive_field} frames or more (the receptive field of {graph.name}), "
            f"found {recording.get_num_frames()}"
        )
    return recording


def frames(recording: si.BaseRecording, start: int = 0, end: int | None = None) -> Array:
    """Samples [T, C] of frames start to end (not included), in the recording's integer type."""
    return np.asarray(recording.get_traces(start_frame=start, end_frame=end))


def chunks(recording: si.BaseRecording, length: int | None = None) -> Iterator[Array]:
    """The whole recording in order, `length` frames at a time; so many that a network's values stay in the caches."""
    total = recording.get_num_frames()
    length = length or max(CHUNK // recording.get_num_channels(), LEAST_CHUNK)
    for start in range(0, total, length):
        yield frames(recording, start, min(start + length, total))


def _open(
    path: Path, sampling_frequency: float | None, channels: int | None, dtype: str, stream: str | None
) -> si.BaseRecording:
    if path.is_file() and path.stat().st_size == 0:
        raise DataError(f"{path}: expected a recording, found an empty file")
    suffix = path.suffix.lower()
    if suffix == ".wav":
        return _open_wav(path)
    if suffix in (".npy", ".npz"):
        return _open_numpy(path, sampling_frequency)
    if suffix == ".nwb":
        return open_nwb(path, stream)
    found = open_system(path, stream)
    if found is not None:
        return found
    if suffix in RAW:
        return open_raw(path, sampling_frequency, channels, dtype)
    if not path.is_dir() and suffix != ".json":
        raise DataError(f"{path}: expected {READABLE}, found {suffix or 'no suffix'}; save it with recording.save()")
    return _load(path)


def _load(path: Path) -> si.BaseRecording:
    try:
        recording = si.load(path)
    except Exception as error:  # SpikeInterface raises many kinds for a broken folder
        raise DataError(f"{path}: expected a recording that SpikeInterface loads, found {line(error)}") from None
    if not isinstance(recording, si.BaseRecording):
        raise DataError(f"{path}: expected a recording, found a {type(recording).__name__}")
    return recording


def _open_wav(path: Path) -> si.BaseRecording:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            frequency, samples = wavfile.read(path)
    except (ValueError, EOFError, OSError, RuntimeError) as error:
        raise DataError(f"{path}: expected a WAV file of integers, found {line(error)}") from None
    except Exception as error:  # a header cut short: struct.error and the like
        raise DataError(f"{path}: expected a whole WAV header, found it cut short ({line(error)})") from None
    if any("EOF" in str(w.message) for w in caught):
        raise DataError(f"{path}: expected the samples that its header states, found a truncated file")
    return _numpy_recording(samples, float(frequency))


def _open_numpy(path: Path, sampling_frequency: float | None) -> si.BaseRecording:
    try:
        content: Any = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: expected a whole numpy file, found {line(error)}") from None
    if path.suffix.lower() == ".npy":
        if sampling_frequency is None:
            raise DataError(f"{path}: expected a sampling frequency with a .npy file, found none; give it in Hz")
        return _numpy_recording(_samples(path, content), sampling_frequency)
    missing = {"samples", "sampling_frequency"} - set(content.files)
    if missing:
        raise DataError(f"{path}: expected arrays samples and sampling_frequency, found {', '.join(content.files)}")
    return _numpy_recording(_samples(path, content["samples"]), float(content["sampling_frequency"]))


def _samples(path: Path, samples: Array) -> Array:
    if samples.ndim not in (1, 2):
        raise DataError(f"{path}: expected samples of shape [frames] or [frames, channels], found {samples.shape}")
    return samples


def _numpy_recording(samples: Array, sampling_frequency: float) -> si.BaseRecording:
    return si.NumpyRecording([samples if samples.ndim == 2 else samples[:, None]], sampling_frequency)


def _describe(recording: si.BaseRecording) -> str:
    nan = any(np.isnan(part).any() for part in chunks(recording)) if recording.get_dtype().kind == "f" else False
    return f"{recording.get_dtype()}{' with NaN' if nan else ''}"


def microvolts(recording: si.BaseRecording) -> float | None:
    """Of a step of the ADC; None unless the recording knows it, and it is the same on all channels."""
    gains = recording.get_channel_gains() if recording.has_scaleable_traces() else None
    return float(gains[0]) if gains is not None and np.ptp(gains) == 0 else None
