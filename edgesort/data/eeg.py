"""The Bonn epilepsy EEG as one recording with known seizures: its segments, shuffled and joined.

Each round of five segments holds one of each set (Z, O, N, F, S) in random order, so every part of the recording that
begins and ends between rounds is stratified, and a split at such a place is a split by segment.
"""

from __future__ import annotations

import hashlib
from functools import cache
from zipfile import ZipFile

import numpy as np
import spikeinterface.core as si

from edgesort.data import catalog
from edgesort.data.hybrid import Hybrid
from edgesort.data.spans import to_sorting
from edgesort.fixed import Array

SETS = ("z", "o", "n", "f", "s")  # healthy, eyes open and closed; opposite and inside the focus; seizure
SEIZURE = "s"
SEGMENT = 4097  # frames, 23.6 s
SAMPLING_FREQUENCY = 173.61


@cache
def segments(name: str) -> Array:
    """int16 [segments, SEGMENT] of one set, in the order of the files' names."""
    with ZipFile(catalog.get_file("bonn_eeg", f"{name}.zip")) as files:
        texts = [files.read(entry) for entry in sorted(files.namelist()) if entry.lower().endswith(".txt")]
    return np.array([text.split() for text in texts]).astype(np.int16)


def bonn(seed: int) -> Hybrid:
    """All segments joined in the order of `seed`; the sorting's spans are those of set S."""
    rng = np.random.default_rng([seed])
    order = {name: rng.permutation(len(segments(name))) for name in SETS}
    rounds = len(order[SEIZURE])
    names = [SETS[k] for _ in range(rounds) for k in rng.permutation(len(SETS))]
    used = dict.fromkeys(SETS, 0)
    joined = []
    for name in names:
        joined.append(segments(name)[order[name][used[name]]])
        used[name] += 1
    samples = np.concatenate(joined)
    starts = SEGMENT * np.flatnonzero(np.array(names) == SEIZURE)
    facts = {
        "kind": "bonn",
        "sets": "".join(names),
        "segment_frames": SEGMENT,
        "sampling_frequency": SAMPLING_FREQUENCY,
        "seed": seed,
        "sha256": hashlib.sha256(samples.tobytes()).hexdigest(),
    }
    recording = si.NumpyRecording([samples[:, None]], SAMPLING_FREQUENCY)
    return Hybrid(recording, to_sorting(np.stack([starts, starts + SEGMENT], 1), SAMPLING_FREQUENCY), facts)
