"""A recording with labels as recipes use it, and the folder of a training run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.manifest import versions
from edgesort.data.recordings import frames
from edgesort.fixed import Array
from edgesort.folders import refuse_existing
from edgesort.sort import DETECTOR
from edgesort.train.frontend import ADC_EXPONENT, noise_exponent
from edgesort.train.split import Split, split


@dataclass(frozen=True)
class Labelled:
    """samples: int16 [T, channels], one count is 2^adc_exponent for a network. trains: of each unit, in frames.
    labels: "any", then the units' names. excluded: channels that were left out of the recording.
    """

    recording: si.BaseRecording
    sorting: si.BaseSorting
    samples: Array
    trains: tuple[Array, ...]
    labels: tuple[str, ...]
    parts: Split
    adc_exponent: int
    excluded: tuple[str, ...] = ()

    @property
    def frequency(self) -> float:
        return float(self.recording.get_sampling_frequency())

    @property
    def gain(self) -> float:
        """What to multiply samples in units of 2^ADC_EXPONENT by; a power of two, so nothing is rounded."""
        return float(2.0 ** (self.adc_exponent - ADC_EXPONENT))

    @property
    def channels(self) -> int:
        return int(self.samples.shape[1])

    @property
    def rows(self) -> tuple[Array, ...]:
        """The spikes that each of `labels` stands for: whoever's, then each unit's."""
        return (np.sort(np.concatenate(self.trains)), *self.trains)[: len(self.labels)]

    def detected(self) -> Labelled:
        """The same for a detector, which has one label: all units are one, and two spikes of a frame are one."""
        every = np.unique(self.rows[0])
        one = si.NumpySorting.from_unit_dict([{DETECTOR: every}], self.frequency)
        return replace(self, sorting=one, trains=(every,), labels=(DETECTOR,))

    def provenance(self) -> dict[str, Any]:
        """What a model says about where it comes from."""
        digest = hashlib.sha256(self.samples.tobytes()).hexdigest()
        said = {"recording_sha256": digest, "versions": versions(), "split": self.parts.__dict__}
        return said | ({"excluded_channels": json.dumps(self.excluded)} if self.excluded else {})


def labelled(recording: si.BaseRecording, sorting: si.BaseSorting, labelled_s: float | None = None) -> Labelled:
    """The recording and its labels; DataError unless its samples have 16 bits and it is long enough to split.

    labelled_s: seconds from the start whose labels may be used.
    """
    samples = frames(recording)
    if samples.min() < -32768 or samples.max() > 32767:
        raise DataError(f"recording: expected samples of 16 bits, found {samples.min()} to {samples.max()}; scale them")
    trains = tuple(np.asarray(sorting.get_unit_spike_train(unit), np.int64) for unit in sorting.unit_ids)
    labels = (DETECTOR, *map(str, sorting.unit_ids))
    frequency = recording.get_sampling_frequency()
    parts = split(len(samples), frequency, labelled_s)
    samples = samples.astype(np.int16)
    return Labelled(recording, sorting, samples, trains, labels, parts, noise_exponent(samples, frequency))


@contextmanager
def run_folder(out: Path, resume: bool) -> Iterator[Path]:
    """The folder out.partial, which becomes `out` when the block ends well, and stays for `resume` when it does not.

    Where nothing is in it yet, there is nothing to resume, and it goes.
    """
    refuse_existing(out)
    partial = out.with_name(out.name + ".partial")
    if partial.exists() and not resume:
        raise DataError(f"{partial}: expected no unfinished run, found one; go on with --resume, or remove it")
    if resume and not partial.exists():
        raise DataError(f"{partial}: expected an unfinished run to resume, found none; start without --resume")
    partial.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
    except BaseException:
        if not any(partial.iterdir()):
            partial.rmdir()
        raise
    os.replace(partial, out)


def write_results(folder: Path, results: dict[str, Any]) -> None:
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
