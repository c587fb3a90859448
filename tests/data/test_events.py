"""Recordings with known seizures and ripples, where their source is here: stratified, reproducible, as labelled."""

from collections import Counter

import numpy as np

from edgesort.data import eeg, ripples
from edgesort.data.spans import from_sorting, marked
from edgesort.train.split import split


def test_bonn_is_split_by_segment_and_stratified_by_set():
    made = eeg.bonn(1)
    sets, frames = made.facts["sets"], made.recording.get_num_frames()
    parts = split(frames, eeg.SAMPLING_FREQUENCY)
    assert Counter(sets) == dict.fromkeys(eeg.SETS, 80)
    for start, end in (parts.train, parts.threshold, parts.score):
        assert end % eeg.SEGMENT == 0 and start % eeg.SEGMENT < 10
        assert len(set(Counter(sets[start // eeg.SEGMENT : end // eeg.SEGMENT]).values())) == 1
    marks = marked(from_sorting(made.sorting), frames).reshape(-1, eeg.SEGMENT)
    assert "".join("s" if row.all() else "-" for row in marks) == "".join(s if s == "s" else "-" for s in sets)
    assert made.facts == eeg.bonn(1).facts
    assert made.facts["sha256"] != eeg.bonn(2).facts["sha256"]


def test_ripples_are_louder_in_their_band_than_anything_else():
    made = ripples.simulated(1)
    samples = made.recording.get_traces()[:, 0]
    spans = from_sorting(made.sorting)
    band = np.abs(ripples.in_band(samples.astype(float)))
    inside = marked(spans, len(samples))
    assert len(spans) == made.facts["ripples"] > 50
    assert np.median([band[start:end].max() for start, end in spans]) > 2.5 * made.facts["band_rms"]
    assert band[~inside].std() < 1.5 * made.facts["band_rms"]
    assert made.facts["sha256"] == ripples.simulated(1).facts["sha256"] != ripples.simulated(2).facts["sha256"]
