"""What a training run was made from: hashes of samples and spike trains, the split, the seed, the versions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.recordings import chunks
from edgesort.fixed import Array

LIBRARIES = ("edgesort", "numpy", "scipy", "spikeinterface", "torch", "brevitas", "snntorch", "onnx")


def manifest(
    recording: si.BaseRecording, sorting: si.BaseSorting, parts: Mapping[str, tuple[int, int]], seed: int
) -> dict[str, Any]:
    """A dict for JSON. parts: of each part's name, its frames [start, end).

    recording_sha256 is over the samples in order of frames, then channels, in the recording's type: what a hybrid's
    facts state. A unit's is over its spikes' frames as 64-bit integers, little end first; spikes counts each part's.
    """
    trains = {str(u): np.asarray(sorting.get_unit_spike_train(u), np.int64) for u in sorting.unit_ids}
    return {
        "recording_sha256": samples_sha256(recording),
        "recording": {
            "frames": int(recording.get_num_frames()),
            "channels": [str(channel) for channel in recording.channel_ids],
            "sampling_frequency": float(recording.get_sampling_frequency()),
            "dtype": str(recording.get_dtype()),
        },
        "units": {
            unit: {
                "sha256": hashlib.sha256(train.astype("<i8").tobytes()).hexdigest(),
                "spikes": {name: _within(train, part) for name, part in parts.items()},
            }
            for unit, train in trains.items()
        },
        "split": {name: [int(start), int(end)] for name, (start, end) in parts.items()},
        "seed": seed,
        "versions": versions(),
    }


def samples_sha256(recording: si.BaseRecording) -> str:
    """SHA-256 of all samples, read in chunks."""
    digest = hashlib.sha256()
    for chunk in chunks(recording):
        digest.update(np.ascontiguousarray(chunk).tobytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Of those LIBRARIES that are installed."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _within(train: Array, part: tuple[int, int]) -> int:
    return int(((train >= part[0]) & (train < part[1])).sum())
