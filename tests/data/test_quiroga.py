"""Quiroga's simulator: the stated similarity, noise and truth, from units that the background does not hold."""

import numpy as np
import pytest

from edgesort.data import catalog
from edgesort.data.errors import DataError
from edgesort.data.hybrid import near_other
from edgesort.data.quiroga import CONDITIONS, NOISES, PEAK, SAMPLING_FREQUENCY, SIMILARITIES, background, quiroga
from edgesort.data.templates import load_templates


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_condition_is_as_its_name_says(condition):
    made = quiroga(condition, seconds=10.0)
    samples = made.recording.get_traces()[:, 0].astype(float)
    similarity, noise = condition.split("_")
    assert np.allclose(made.facts["correlation"], SIMILARITIES[similarity], atol=0.05)
    trains = {unit: made.sorting.get_unit_spike_train(unit) for unit in made.sorting.unit_ids}
    every = np.sort(np.concatenate(list(trains.values())))
    quiet = ~near_other(np.arange(len(samples)), every, 30)
    assert samples[quiet].std() / PEAK == pytest.approx(float(noise), rel=0.1)
    for unit, train in trains.items():
        others = np.sort(np.concatenate([t for u, t in trains.items() if u != unit]))
        alone = train[~near_other(train, others, 48)]
        mean = samples[alone[:, None] + np.arange(-15, 16)].mean(0)
        assert mean.argmin() == 15
        assert mean.min() == pytest.approx(-PEAK, rel=0.1)
        assert len(train) == pytest.approx(200, abs=60)
        assert np.diff(train).min() >= 0.002 * 24000 - 2


def test_conditions_are_sixteen_and_units_are_not_in_the_background():
    assert len(CONDITIONS) == len(SIMILARITIES) * len(NOISES) == 16
    made, again, other = (quiroga("easy1_0.1", 2.0, seed) for seed in (0, 0, 1))
    assert made.facts == again.facts
    assert made.facts["sha256"] != other.facts["sha256"]
    assert not set(made.facts["background"]) & set(made.sorting.unit_ids)
    assert len(made.facts["background"]) > 50


def test_the_background_is_of_so_many_spikes_that_it_is_nearly_normal():
    """A tenth of them would have an excess kurtosis of 1."""
    templates = load_templates(catalog.get_file("stark_templates", "units_000_099.npz"), SAMPLING_FREQUENCY)
    noise = background(templates, 480_000, np.random.default_rng(0))
    assert 0 < (noise**4).mean() - 3 < 0.3 and -0.5 < (noise**3).mean() < 0


def test_overlapping_spikes_are_counted():
    made = quiroga("easy1_0.1", 20.0)
    trains = [made.sorting.get_unit_spike_train(unit) for unit in made.sorting.unit_ids]
    near = [
        sum(min(abs(t - o) for j, other in enumerate(trains) if j != k for o in other) <= 24 for t in train)
        for k, train in enumerate(trains)
    ]
    assert list(made.facts["overlapping"].values()) == near
    assert sum(near) > 20


def test_what_cannot_be_is_one_line():
    with pytest.raises(DataError, match=r"expected a condition of easy1_0.05, .* and time, found easy3 and 60 s"):
        quiroga("easy3")
