"""What a moved probe hears: exact where it did not move, near the truth between contacts, as noisy as before."""

import numpy as np
import pytest
import spikeinterface.core as si
import torch
from probeinterface import generate_linear_probe

from edgesort.data.errors import DataError
from edgesort.train.loop import Schedule, fit
from edgesort.train.motion import STEP_UM, motion
from edgesort.train.timing import Timing

PITCH, CONTACTS = 20.0, 12


def on_probe(samples, pitch=PITCH):
    recording = si.NumpyRecording([samples], 25000.0)
    probe = generate_linear_probe(num_elec=samples.shape[1], ypitch=pitch)
    probe.set_device_channel_indices(np.arange(samples.shape[1]))
    recording.set_probe(probe)
    return recording


def heard(at_um):
    """A spike's peak on each contact, of a unit at this place along the probe."""
    return np.exp(-(((np.arange(CONTACTS) * PITCH - at_um) / 40.0) ** 2)).astype(np.float32)


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).normal(0, 3.0, (50_000, CONTACTS)).astype(np.float32)


def test_contacts_that_moved_hear_a_unit_elsewhere(noise):
    moves = motion(on_probe(noise), noise, 20.0)
    along = np.linspace(-20, 20, len(moves.kernels))
    assert np.diff(along).max() <= STEP_UM and np.array_equal(moves.kernels[along == 0][0], np.eye(CONTACTS))
    for um, kernel in zip(along, moves.kernels, strict=True):
        found, expected, unmoved = heard(110.0) @ kernel.numpy(), heard(110.0 - um), heard(110.0)
        assert np.abs(found - expected).max() < 0.15
        assert um == 0 or np.abs(found - expected).max() < np.abs(unmoved - expected).max()


def test_the_noise_is_that_of_the_contacts(noise):
    moves, rng = motion(on_probe(noise), noise, 20.0), np.random.default_rng(1)
    crops = torch.from_numpy(noise.T[None].repeat(8, 0))
    assert np.abs(moves(crops, rng).std(2) / 3.0 - 1)[:, 2:-2].max() < 0.05


def test_each_crop_moves_by_itself_and_a_seed_tells_how(noise):
    moves, crops = motion(on_probe(noise), noise, 20.0), torch.from_numpy(noise[:64].T[None].repeat(6, 0))
    first, again, other = (moves(crops, np.random.default_rng(seed)) for seed in (2, 2, 3))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert len({tuple(crop.flatten()[:40].tolist()) for crop in first}) > 1


def test_what_cannot_be_interpolated_is_refused(noise):
    with pytest.raises(DataError, match="found 100 um"):
        motion(on_probe(noise, 100.0), noise, 20.0)
    with pytest.raises(DataError, match="found one place"):
        motion(si.NumpyRecording([noise], 25000.0), noise, 20.0)


class OneLayer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv1d(CONTACTS, 1, 1)

    def logits(self, x):
        return self.layer(x)


def test_training_with_it_knows_a_unit_where_it_was_not(noise, tmp_path):
    spikes = np.arange(10, len(noise), 20)
    inputs, targets = noise.copy(), np.zeros((1, len(noise)), np.float32)
    inputs[spikes] += 12 * heard(110.0)
    targets[:, spikes] = 1
    elsewhere = torch.from_numpy(noise[:2000] + 12 * heard(170.0)).T[None]
    known = []
    for moves in (None, motion(on_probe(noise), noise, 60.0)):
        torch.manual_seed(0)
        network = OneLayer()
        rest = (Schedule(epochs=6, rate=0.03, batch=4), 0, tmp_path / f"{moves is None}.pt", False, "test", moves)
        fit(network, Timing(0), inputs, targets, *rest)
        known.append(float((network.logits(elsewhere) > 0).float().mean()))
    assert known[1] > known[0] + 0.3, known
