"""Accuracy against a case counted by hand."""

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.scoring import score

RATE = 10000.0  # 0.4 ms are 4 frames, 1 ms are 10


def sorting(**trains):
    return si.NumpySorting.from_unit_dict([{k: np.array(v, np.int64) for k, v in trains.items()}], RATE)


@pytest.fixture(scope="module")
def recording():
    samples = np.random.default_rng(0).normal(0, 100, 20000)
    samples[np.arange(1000, 20000, 1000)] -= 2000
    return si.NumpyRecording([samples.astype(np.int16)[:, None]], RATE)


A = list(range(1000, 11000, 1000))
B = [1508, 2508, 3508, 4508, 1006]


def test_counts_by_hand(recording):
    # a: nine of ten hit (up to 4 frames off), one missed 5 frames off; b: three of five, one taken for a
    found = sorting(
        x=[1000, 2004, 2996, 4001, 5000, 6000, 7000, 8000, 9000, 10005, 4508],
        y=[1508, 2508, 3508, 15000],
    )
    result = score(recording, sorting(a=A, b=sorted(B)), found)
    a, b = result["units"]["a"], result["units"]["b"]
    assert (a["found_unit"], a["hits"], a["found"], a["spikes"]) == ("x", 9, 11, 10)
    assert a["accuracy"] == (9 / 12)
    assert a["precision"] == (9 / 11)
    assert (b["found_unit"], b["hits"], b["found"], b["spikes"]) == ("y", 3, 4, 5)
    assert b["accuracy"] == (3 / 6)
    assert (a["overlapping"], a["recall_overlapping"], a["recall_separate"]) == (1, 1.0, (8 / 9))
    assert (b["overlapping"], b["recall_overlapping"], b["recall_separate"]) == (1, 0.0, (3 / 4))
    assert result["mean_accuracy"] == ((9 / 12 + 3 / 6) / 2)
    assert result["confusion"] == {
        "true": ["a", "b", "none"],
        "found": ["x", "y", "none"],
        "counts": [[9, 0, 1], [1, 3, 1], [1, 1, 0]],
    }
    assert a["snr"] > 10 > 5 > b["snr"]
    assert result["mean_accuracy_snr5"] == a["accuracy"]


def test_names_do_not_matter_and_a_perfect_sorting_scores_one(recording):
    result = score(recording, sorting(a=A, b=sorted(B)), sorting(b=A, a=sorted(B)))
    assert result["mean_accuracy"] == 1
    assert [unit["found_unit"] for unit in result["units"].values()] == ["b", "a"]


def test_only_the_part_asked_for_is_scored(recording):
    result = score(recording, sorting(a=A), sorting(x=A[5:]), 5500)
    assert result["units"]["a"]["accuracy"] == 1
    assert result["frames"] == [5500, 20000]


def test_silence_scores_zero(recording):
    result = score(recording, sorting(a=A, b=sorted(B)), sorting(x=[], y=[]))
    assert result["mean_accuracy"] == 0
    assert result["units"]["a"]["found_unit"] is None
    assert result["confusion"]["counts"] == [[0, 0, 10], [0, 0, 5], [0, 0, 0]]


def test_a_unit_that_is_silent_in_these_frames_is_not_judged(recording):
    result = score(recording, sorting(a=A, quiet=[100], b=sorted(B)), sorting(x=A, never=[], y=sorted(B)), 200)
    assert result["mean_accuracy"] == 1
    assert result["units"]["quiet"]["spikes"] == 0 and result["units"]["quiet"]["found_unit"] is None
    assert result["confusion"]["counts"] == [[10, 0, 0, 0], [0, 0, 0, 0], [0, 0, 5, 0], [0, 0, 0, 0]]


def test_frames_in_which_nothing_fired(recording):
    with pytest.raises(DataError, match="frames 18500 to 20000: expected spikes to score against, found none"):
        score(recording, sorting(a=A, b=sorted(B)), sorting(x=[19000], y=[]), 18500)


def test_a_units_snr_is_over_the_noise_of_the_channel_that_hears_it_best():
    samples = np.random.default_rng(1).normal(0, (400, 40), (20000, 2))
    spikes = np.arange(1000, 20000, 1000)
    samples[spikes, 1] -= 800  # 20 times the noise of its own channel, twice that of the other
    truth = sorting(a=spikes)
    made = si.NumpyRecording([samples.astype(np.int16)], RATE)
    assert score(made, truth, truth)["units"]["a"]["snr"] == pytest.approx(20, rel=0.15)
