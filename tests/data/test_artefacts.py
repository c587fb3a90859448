"""Artefacts at known times: reproducible, where it says, saturated; spans as a sorting; the precedence of labels."""

import numpy as np
import pytest

from edgesort.data.artefacts import ARTEFACT, NOISE, SPIKE, inject, labels
from edgesort.data.errors import DataError
from edgesort.data.noise import highpass, mad
from edgesort.data.spans import from_sorting, marked, runs, to_sorting

FREQUENCY = 20_000.0
QUIET = np.rint(np.random.default_rng(0).normal(100, 300, (200_000, 2))).astype(np.int16)


def test_the_same_seed_gives_the_same_artefacts_and_another_seed_others():
    first, again, other = (inject(QUIET, FREQUENCY, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.samples, again.samples) and first.artefacts == again.artefacts
    assert first.artefacts != other.artefacts


@pytest.mark.parametrize("kind", ("movement", "stimulation", "line"))
def test_what_is_added_is_loud_where_it_is_marked_and_at_most_noise_elsewhere(kind):
    made, noise = inject(QUIET, FREQUENCY, 3, (kind,)), mad(highpass(QUIET, FREQUENCY))
    added = np.abs(made.samples.astype(float) - QUIET)
    marks = made.marks()
    assert {a.kind for a in made.artefacts} == {kind}
    assert 0.01 < marks.mean() < 0.7
    if kind != "movement":
        assert added[~marks].max() < 1.5 * noise
    assert np.median(added[marks].max(1)) > 2 * noise
    assert 2 * QUIET.std() * 1.5 > np.quantile(added[~marks], 0.999)


def test_pulses_saturate_at_the_rails_and_are_marked_one_by_one():
    made = inject(QUIET, FREQUENCY, 4, ("stimulation",), rails=(-2048, 2047))
    assert (made.samples.min(), made.samples.max()) == (-2048, 2047)
    lengths = [a.end - a.start for a in made.artefacts]
    assert len(lengths) > 20
    assert max(lengths) < 0.1 * FREQUENCY


def test_the_mains_have_50_or_60_hz_and_odd_harmonics_from_one_sample_to_the_next():
    made = inject(QUIET, FREQUENCY, 5, ("line",))
    first = made.artefacts[0]
    hum = made.samples[first.start : first.end, 0].astype(float) - QUIET[first.start : first.end, 0]
    power = np.abs(np.fft.rfft(hum * np.hanning(len(hum)), 1 << 18)) ** 2
    peak = np.argmax(power) * FREQUENCY / (1 << 18)
    assert min(abs(peak - 50), abs(peak - 60)) < 1
    assert power[round(3 * peak * (1 << 18) / FREQUENCY)] > 100 * power[round(2.5 * peak * (1 << 18) / FREQUENCY)]


def test_an_artefact_hides_a_spike_and_a_spike_hides_noise():
    spikes, artefacts = np.array([0, 1, 0, 1], bool), np.array([0, 0, 1, 1], bool)
    assert labels(spikes, artefacts).tolist() == [NOISE, SPIKE, ARTEFACT, ARTEFACT]


def test_silence_and_unknown_kinds_are_refused():
    with pytest.raises(DataError, match="expected a recording with noise, found a silent one"):
        inject(np.zeros((1000, 1), np.int16), FREQUENCY, 0)
    with pytest.raises(DataError, match="expected kinds of movement, stimulation, line, found heart"):
        inject(QUIET, FREQUENCY, 0, ("heart",))


def test_spans_travel_as_a_sorting_and_come_back():
    spans = np.array([(3, 7), (10, 11)])
    assert from_sorting(to_sorting(spans, 1000.0)).tolist() == spans.tolist()
    assert np.flatnonzero(marked(spans, 12)).tolist() == [3, 4, 5, 6, 10]
    assert runs(marked(spans, 12)).tolist() == spans.tolist()
    assert runs(marked(spans, 12), join=3).tolist() == [[3, 11]]
    assert runs(np.zeros(5, bool)).shape == (0, 2)


def test_a_sorting_that_is_no_spans_is_refused():
    with pytest.raises(DataError, match="expected an end after each start"):
        from_sorting(to_sorting(np.array([(7, 3)]), 1000.0))
