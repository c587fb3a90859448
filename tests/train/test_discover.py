"""Units that nobody sorted: detections, what is no unit of its own, and a whole recording without labels."""

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.generated import generated
from edgesort.data.matching import Whitened
from edgesort.data.scoring import score
from edgesort.train.detect import detect
from edgesort.train.discover import _explained, _mixed, _without_echoes, discover

FREQUENCY = 25_000.0


@pytest.fixture(scope="module")
def made():
    return generated(channels=4, units=3, seconds=12.0, seed=2)


@pytest.fixture(scope="module")
def found(made):
    return discover(made.recording)


def test_each_audible_unit_is_found_and_nothing_else(made, found):
    scores = score(made.recording, made.sorting, found.sorting)["units"]
    audible = {unit: row["accuracy"] for unit, row in scores.items() if row["snr"] > 4}
    assert len(audible) >= 2
    assert min(audible.values()) > 0.9
    assert len(found.sorting.unit_ids) <= len(made.sorting.unit_ids)


def test_what_was_left_out_is_listed_with_a_reason(found):
    assert found.facts["units"] == len(found.sorting.unit_ids)
    assert all(row["reason"].startswith("expected ") for row in found.facts["dropped"])


def test_noise_alone_is_hardly_ever_a_spike():
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((500_000, 2)).astype(np.float32)
    shape = 12 * np.exp(-(((np.arange(20) - 8) / 3.0) ** 2))
    times = np.arange(2000, 102_000, 1000)
    for time in times:
        noise[time - 8 : time + 12, 0] += shape
    detected = detect(Whitened(noise, FREQUENCY), np.array([[0, 1], [1, 0]])).times
    near = np.abs(detected[:, None] - times).min(1) <= 10
    assert near.sum() == len(times)
    assert (~near).sum() <= 12, "expected 2 in 20 s of noise"


def test_a_recording_of_noise_has_no_unit():
    noise = np.rint(80 * np.random.default_rng(2).standard_normal((100_000, 1))).astype(np.int16)
    reason = "recording: expected 30 spikes or more beyond 5 times the noise, found"
    with pytest.warns(UserWarning, match="no probe"), pytest.raises(DataError, match=reason):
        discover(si.NumpyRecording([noise], FREQUENCY))


def test_a_template_is_explained_by_another_or_by_two():
    rng = np.random.default_rng(3)
    first, second, third = (30 * np.outer(np.hanning(87) * np.sin(np.arange(87) / k), rng.random(4)) for k in (3, 5, 9))
    moved = np.roll(first, 5, axis=0)
    assert "another unit's template" in _explained(1.1 * moved, 100, [first, second])
    assert "the sum of two" in _explained(moved + np.roll(second, -9, axis=0), 100, [first, second])
    assert "noise" in _explained(rng.standard_normal((87, 4)) / 10, 100, [first, second])
    assert _explained(third, 100, [first, second]) is None
    assert _explained(0.5 * first, 100, [first, second]) is None


def test_spikes_of_several_units_make_no_template():
    rng = np.random.default_rng(4)
    shape = 10 * np.pad(np.hanning(31), 28)[:, None]
    same = shape + rng.standard_normal((50, 87, 1))
    other = np.roll(shape, 20, axis=0) + rng.standard_normal((50, 87, 1))
    assert _mixed(same) is None
    assert "expected spikes that are alike" in _mixed(np.concatenate([same, other]))


def test_a_unit_that_fires_only_beside_another_is_its_echo():
    rng = np.random.default_rng(5)
    times = {name: np.unique(rng.integers(0, 1_000_000, 400)) for name in ("a", "b")}
    times["c"] = np.sort(times["a"][:100] + 30)
    kept, dropped = _without_echoes(si.NumpySorting.from_unit_dict([times], FREQUENCY))
    assert list(kept.unit_ids) == ["a", "b"]
    assert dropped[0]["unit"] == "c" and "beside those of a" in dropped[0]["reason"]
