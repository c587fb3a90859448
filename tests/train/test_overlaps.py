"""Spikes added in training: their unit's waveform where the targets say so, at the rate that is asked for."""

import numpy as np
import pytest
import torch

from edgesort.train.loop import Schedule, fit
from edgesort.train.overlaps import overlaps
from edgesort.train.targets import targets
from edgesort.train.timing import Timing

FREQUENCY, FRAMES = 10_000.0, 40_000
TRAINS = (np.arange(300, FRAMES - 300, 110), np.arange(350, FRAMES - 300, 110), np.empty(0, np.int64))
SIZES = np.array([[8.0, 4.0], [-2.0, -6.0], [0.0, 0.0]], np.float32)  # of each unit's one-frame spike, by channel


def answers(trains):
    return targets(trains, FRAMES, 3, (0, 0))


@pytest.fixture(scope="module")
def heard():
    samples = np.random.default_rng(0).normal(0, 0.2, (FRAMES, 2)).astype(np.float32)
    for train, size in zip(TRAINS, SIZES, strict=True):
        samples[train] += size
    return samples


@pytest.fixture(scope="module")
def added(heard):
    make = overlaps(heard, TRAINS, FREQUENCY, 50.0, answers)
    return make, *make(heard, np.zeros((4, FRAMES), np.float32), np.random.default_rng(1))


def test_a_waveform_is_the_mean_of_its_unit_s_spikes(added):
    make = added[0]
    assert np.allclose(make.waveforms[:, make.before], SIZES, atol=0.1)
    assert np.abs(np.delete(make.waveforms, make.before, axis=1)).max() < 0.1
    assert not make.waveforms[2].any()


def test_each_added_spike_is_a_target_and_nothing_is_lost(heard, added):
    make, samples, wanted = added
    for unit in range(3):
        new = np.flatnonzero(wanted[1 + unit]) - 3
        assert len(new) == pytest.approx(200, abs=50) if unit < 2 else not len(new)
        alone = [t for t in new if not np.delete(wanted, 1 + unit, axis=0)[1:, t - 37 : t + 43].any()]
        gains = (samples - heard)[alone] @ SIZES[unit] / (SIZES[unit] @ SIZES[unit] or 1)
        assert unit == 2 or (abs(gains.mean() - 1) < 0.05 and 0.05 < gains.std() < 0.2)
    quiet = np.ones(FRAMES, bool)
    for t in np.flatnonzero(wanted[0]) - 3:
        quiet[t - 20 : t + 25] = False
    assert np.array_equal(samples[quiet], heard[quiet])
    both = make(heard, answers(TRAINS), np.random.default_rng(1))[1]
    assert np.array_equal(both, np.maximum(wanted, answers(TRAINS)))


def test_training_hears_what_is_added_each_epoch_something_else(heard, added, tmp_path):
    make, samples, _ = added
    assert np.array_equal(samples, make(heard, answers(TRAINS), np.random.default_rng(1))[0])
    said, seen = [], []

    class Said:
        rate_hz = 1.0

        def __call__(self, inputs, targets, rng):
            assert inputs is heard
            said.append(float(rng.normal(1e6, 1e3)))
            return inputs + np.float32(said[-1]), targets

    class Seen(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Conv1d(2, 4, 1)

        def logits(self, x):
            seen.append(float(x.mean()))
            return self.layer(x)

    schedule = Schedule(epochs=2, rate=0.01, crop=512, batch=128)  # an epoch is one step
    fit(Seen(), Timing(0), heard, answers(TRAINS), schedule, 0, tmp_path / "1.pt", False, "test", None, Said())
    assert said[0] != said[1] and np.allclose(seen, said, atol=10)
