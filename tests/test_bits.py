"""The table and the plot of weight bits: what counts as a Pareto front, and what a mean over seeds is of."""

import itertools

import pytest

from edgesort.share import share


@pytest.fixture
def plot(monkeypatch):
    monkeypatch.syspath_prepend(str(share("bench")))
    import bits_plot

    return bits_plot


def test_the_front_holds_what_nothing_beats(plot):
    points = [*itertools.product((100.0, 200.0, 300.0), (0.7, 0.8)), (150.0, 0.9), (400.0, 0.95), (500.0, 0.95)]
    beaten = {p for p in points for q in points if q != p and q[0] <= p[0] and q[1] >= p[1]}
    assert plot.front(points) == sorted(set(points) - beaten)
    assert plot.front([]) == []


def row(seed, accuracy, **costs):
    means = dict.fromkeys(("mean_accuracy", "mean_accuracy_snr5", "float_mean_accuracy_snr5"), accuracy)
    return {"model": "m", "recording": "r", "weight_bits": "4", "seed": seed, **means, **costs}


def test_a_row_of_the_table_is_the_mean_of_its_seeds_with_the_costs_of_one(plot):
    (made,) = plot.summary([row(0, 0.9, instructions_per_sample=9.0, lut4=700), row(2, 0.8), row(1, 0.7)])
    assert made["mean_accuracy"] == pytest.approx(0.8)
    assert made["seeds"] == "0, 1, 2"
    assert made["lut4"] == 700
    assert len(plot.summary([row(0, 0.9), row(0, 0.9) | {"weight_bits": "8"}])) == 2


def test_a_mean_over_seeds_of_which_one_has_no_figure_is_none(plot):
    (made,) = plot.summary([row(0, 0.9), row(1, None)])
    assert made["mean_accuracy"] is None


def test_both_panels_are_drawn(plot, tmp_path):
    costs = {"lut4": 700, "instructions_per_sample": 400.0}
    rows = [
        row(3, 0.9, **costs) | {"model": model, "recording": "hybrid, 1 channel"}
        for model in ("cnn_sorter", "detector", "snn_sorter")
    ]
    plot.draw(plot.summary(rows), tmp_path / "bits.svg")
    text = (tmp_path / "bits.svg").read_text()
    assert text.startswith("<?xml")
    assert text.count('id="axes_') == 2
