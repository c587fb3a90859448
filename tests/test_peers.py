"""The benchmark's own peer sorts what a textbook sorter should, and every peer answers in the same way."""

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.scoring import score
from edgesort.share import share

RATE = 20000.0
FRAMES = 200000


@pytest.fixture
def peers(monkeypatch):
    monkeypatch.syspath_prepend(str(share("bench")))
    import peers

    return peers


@pytest.fixture
def matched(monkeypatch):
    monkeypatch.syspath_prepend(str(share("bench")))
    import matched

    return matched


def recorded(depth):
    """Noise of 50; one unit that both contacts see alike, and one of another shape at the second contact alone."""
    rng = np.random.default_rng(4)
    samples = rng.normal(0, 50, (FRAMES, 2))
    trains = {"both": np.arange(500, FRAMES - 500, 900), "second": np.arange(950, FRAMES - 500, 900)}
    t = np.arange(-20, 20)
    samples[trains["both"][:, None] + t] -= depth * np.exp(-((t / 3) ** 2))[:, None]
    samples[trains["second"][:, None] + t, 1] -= depth * (np.exp(-((t / 3) ** 2)) - 0.5 * np.exp(-(((t - 8) / 4) ** 2)))
    recording = si.NumpyRecording([np.rint(samples).astype(np.int16)], RATE)
    recording = recording.select_channels(recording.channel_ids)
    recording.set_dummy_probe_from_locations(np.array([[0.0, 0.0], [0.0, 20.0]]))
    return recording, si.NumpySorting.from_unit_dict([trains], RATE)


def test_the_classic_sorter_finds_two_units_at_two_contacts(peers):
    recording, truth = recorded(900)
    found = peers.run_peer(peers.CLASSIC, recording, jobs=1)
    units = score(recording, truth, found.sorting)["units"].values()
    assert min(unit["accuracy"] for unit in units) > 0.98
    assert len(found.sorting.unit_ids) == 2
    assert found.seconds > 0
    assert 20e6 < found.peak_bytes < 5e9


def test_a_peer_that_finds_nothing_says_so(peers):
    with pytest.raises(DataError, match="Gaussian mixture: expected spikes, found none beyond 5 times the noise"):
        peers.run_peer(peers.CLASSIC, recorded(0)[0].frame_slice(0, 2000), jobs=1)


def test_the_offline_sorters_are_peers_and_an_unknown_one_is_refused(peers):
    assert len(peers.PEERS) == 5
    with pytest.raises(DataError, match="teacher klusta: expected one of kilosort4"):
        peers.run_peer("klusta", recorded(0)[0])


def test_matched_filters_learn_from_the_labels_and_find_what_comes_after(matched):
    recording, truth = recorded(150)
    end = FRAMES // 4
    units = score(recording, truth, matched.matched(recording, truth, end).sorting, end)["units"].values()
    assert max(unit["snr"] for unit in units) < 2.5
    assert min(unit["accuracy"] for unit in units) > 0.95


def test_a_units_limit_is_what_a_threshold_reaches_on_spikes_alone(matched):
    rng, frames, length = np.random.default_rng(3), 2_000_000, 9
    shape = np.hanning(length + 2)[1:-1]
    shape *= 4.5 / np.linalg.norm(shape)
    x, spikes = rng.normal(0, 1, frames), np.arange(100, frames - 100, 2000)
    for lag, value in enumerate(shape):
        x[spikes + lag] += value
    heard = np.correlate(x, shape, "valid") / 4.5
    peaks = 1 + np.flatnonzero((heard[1:-1] > heard[:-2]) & (heard[1:-1] >= heard[2:]))
    hit = np.abs((peaks - 100 + 1000) % 2000 - 1000) <= 3
    reached = max(
        (loud & hit).sum() / (len(spikes) + (loud & ~hit).sum())
        for loud in (heard[peaks] > threshold for threshold in np.linspace(1, 5, 100))
    )
    slope = np.sqrt((np.diff(np.r_[0, shape, 0]) ** 2).sum()) / 4.5
    assert matched.limit(4.5, slope, len(spikes) / frames) == pytest.approx(reached, abs=0.01)
    assert matched.limit(3.0, slope, len(spikes) / frames) == 0.0
