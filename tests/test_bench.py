"""The sorting benchmark is whole: its tests can be named, and its tables are made of whatever rows are there."""

import pytest

from edgesort.share import share


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(share("bench")))


def test_every_test_of_the_benchmark_can_be_made(bench):
    import sort

    assert all(callable(test) for test in sort.TESTS.values())
    assert len(sort.TESTS) > 30


def test_limits_compare_what_was_measured_on_the_same_recording_and_seed(bench):
    import sort_table

    def row(sorter, seed, accuracy, **more):
        same = {"test": "all labels", "recording": "r", "labels": "60 s"}
        return same | {"sorter": sorter, "seed": seed, "mean_accuracy": accuracy} | more

    rows = [row("local_sorter", seed, 0.9, float_against_labels=0.9) for seed in (0, 1)]
    rows += [row("matched filters", seed, 0.7, limits=[1.0, 0.9 - 0.1 * seed]) for seed in (1, 2)]
    assert sort_table.limits(rows) == [
        {"recording": "r", "seeds": 1, "limit": "0.900", "ours": "0.900", "matched filters": "0.700"}
    ]
