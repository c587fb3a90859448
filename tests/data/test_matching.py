"""From five or ten labelled spikes of a unit to all of them."""

import numpy as np
import pytest
import spikeinterface.core as si
from scipy.signal import lfilter

from edgesort.data import matching
from edgesort.data.errors import DataError
from edgesort.data.generated import generated
from edgesort.data.matching import grow, whitened
from edgesort.data.scoring import score


@pytest.fixture(scope="module")
def made():
    return generated(channels=4, units=3, seconds=20.0, seed=2)


def few(sorting, count):
    rng = np.random.default_rng(0)
    trains = {u: np.sort(rng.choice(sorting.get_unit_spike_train(u), count, replace=False)) for u in sorting.unit_ids}
    return si.NumpySorting.from_unit_dict([trains], sorting.sampling_frequency)


def test_coloured_noise_becomes_white():
    rng = np.random.default_rng(1)
    mixing = np.eye(3) + 0.5 * rng.random((3, 3))
    x = 300 * lfilter([1.0, 0.6, 0.3], [1.0], rng.standard_normal((100_000, 3)) @ mixing, axis=0)
    y = whitened(np.rint(x).astype(np.int16), 25_000.0).samples[1000:]
    assert np.abs(np.cov(y.T) - np.eye(3)).max() < 0.05
    assert max(abs(np.mean(y[lag:] * y[:-lag])) for lag in (1, 2, 5)) < 0.02


def test_ten_spikes_find_the_rest(made):
    labels = few(made.sorting, 10)
    found = grow(made.recording, labels)
    scores = score(made.recording, made.sorting, found)
    audible = [unit for unit, row in scores["units"].items() if row["snr"] > 4]
    assert len(audible) >= 2
    assert min(scores["units"][unit]["accuracy"] for unit in audible) > 0.9
    for unit in labels.unit_ids:
        assert np.isin(labels.get_unit_spike_train(unit), found.get_unit_spike_train(unit)).all()


def test_spikes_that_overlap_are_both_found(monkeypatch):
    made = generated(channels=4, units=3, seconds=20.0, seed=2, overlaps=0.5)
    labels = few(made.sorting, 30)
    assert least_overlapping(made, grow(made.recording, labels)) > 0.8
    monkeypatch.setattr(matching, "PASSES", 1)  # what is left is not searched again
    assert least_overlapping(made, grow(made.recording, labels)) < 0.6


def least_overlapping(made, found):
    return min(row["recall_overlapping"] for row in score(made.recording, made.sorting, found)["units"].values())


def test_too_few_spikes(made):
    with pytest.raises(DataError, match="unit unit_0: expected 5 spikes or more for a template, found 4; drop it"):
        grow(made.recording, few(made.sorting, 4))
