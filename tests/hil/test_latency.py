"""Percentiles of latencies, beside numpy's."""

import numpy as np
import pytest

from edgesort.hil.latency import PERCENTILES, STEP, Latencies


@pytest.mark.parametrize("count", [1, 2, 99, 100, 5000])
def test_percentiles_are_within_a_step(count):
    seconds = np.random.default_rng(count).lognormal(-6, 1, count)
    late = Latencies()
    for one in seconds:
        late.add(float(one))
    found = late.milliseconds()
    assert found.pop("most") == round(1e3 * seconds.max(), 3)
    for p in PERCENTILES:
        true = 1e3 * np.percentile(seconds, p, method="inverted_cdf")
        assert true - 0.001 <= found[f"p{p}"] <= true * STEP + 0.001


def test_nothing_has_none():
    assert Latencies().milliseconds() == {}


def test_memory_does_not_grow_with_the_number():
    late = Latencies()
    for k in range(10_000):
        late.add(1e-3 + 1e-7 * k)
    assert len(late.counts) < 100
