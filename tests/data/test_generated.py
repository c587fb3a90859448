"""Generated recordings: the same bytes for a seed, extras at the frames that the facts and the truth state."""

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data import generated as module
from edgesort.data.errors import DataError
from edgesort.data.generated import COUNTS, generated
from edgesort.data.hybrid import near_other
from edgesort.data.noise import mad


def trains(made):
    return [made.sorting.get_unit_spike_train(unit) for unit in made.sorting.unit_ids]


def near(made):
    return sum(made.facts["overlapping"].values()) / sum(made.facts["spikes"].values())


def test_the_seed_makes_the_bytes():
    first, again, other = (generated(seconds=2.0, seed=seed) for seed in (0, 0, 1))
    assert first.facts == again.facts
    assert np.array_equal(first.recording.get_traces(), again.recording.get_traces())
    assert first.facts["sha256"] != other.facts["sha256"]


def test_without_extras_it_is_what_spikeinterface_generates():
    made = generated(seconds=2.0, seed=7)
    recording, sorting = si.generate_ground_truth_recording(
        durations=[2.0], num_channels=4, num_units=5, seed=7, dtype="float32"
    )
    assert np.array_equal(made.recording.get_traces(), np.rint(recording.get_traces() * COUNTS).astype(np.int16))
    assert list(made.sorting.unit_ids) == [f"unit_{unit}" for unit in sorting.unit_ids]
    assert all(map(np.array_equal, trains(made), map(sorting.get_unit_spike_train, sorting.unit_ids)))
    assert made.recording.get_probe() == recording.get_probe()


@pytest.mark.parametrize("channels", [1, 4, 32, 128])
def test_every_width_keeps_its_probe_when_saved(channels, tmp_path):
    made = generated(channels, 3, 1.0)
    made.save(tmp_path / "out")
    loaded = si.load(tmp_path / "out" / "recording")
    assert made.recording.get_dtype() == np.int16
    assert loaded.get_probe().get_contact_count() == channels
    assert np.array_equal(loaded.get_channel_locations(), made.recording.get_channel_locations())
    assert np.array_equal(loaded.get_traces(), made.recording.get_traces())
    assert mad(loaded.get_traces(return_in_uV=True)[:, 0]) == pytest.approx(5.0, rel=0.05)


def test_a_long_recording_lies_in_a_file_and_has_the_same_bytes(monkeypatch):
    before = generated(seconds=2.0)
    monkeypatch.setattr(module, "IN_MEMORY", 1000)
    after = generated(seconds=2.0)
    assert isinstance(after.recording.get_traces().base, np.memmap)
    assert before.facts["sha256"] == after.facts["sha256"]


def test_bursts_decay_and_keep_the_refractory_time():
    plain, made = generated(seconds=20.0, seed=3), generated(seconds=20.0, seed=3, bursts=0.3)
    difference = made.recording.get_traces().astype(int) - plain.recording.get_traces()
    for old, new in zip(trains(plain), trains(made), strict=True):
        assert np.isin(old, new).all() and len(new) > 1.3 * len(old)
        assert np.diff(new).min() >= 0.004 * 25000 - 1
    unit = int(np.argmax([np.abs(plain.recording.get_traces()[train]).mean() for train in trains(plain)]))
    old, new = trains(plain)[unit], trains(made)[unit]
    channel = np.abs(plain.recording.get_traces()[old].astype(float).mean(0)).argmax()
    others = np.sort(np.concatenate([train for k, train in enumerate(trains(made)) if k != unit]))
    fresh = np.setdiff1d(new, old)
    fresh = fresh[~near_other(fresh, others, 100)]
    gains = difference[fresh, channel] / np.median(difference[fresh, channel])
    steps = fresh - old[np.searchsorted(old, fresh) - 1]
    assert np.median(gains[steps < 200]) > 1.1 * np.median(gains[steps > 400])


def test_overlaps_are_added_between_units_and_counted():
    plain, made = generated(seconds=20.0, seed=3), generated(seconds=20.0, seed=3, overlaps=0.3)
    assert near(made) > near(plain) + 0.3
    assert all(np.diff(train).min() >= 0.004 * 25000 - 1 for train in trains(made))


def test_artefacts_are_on_every_channel_where_the_facts_say_and_nowhere_else():
    made = generated(seconds=10.0, seed=3, artefacts=5)
    uv = made.recording.get_traces(return_in_uV=True)
    inside = np.zeros(len(uv), bool)
    for start, end in made.facts["artefacts"]:
        inside[start:end] = True
        assert (np.abs(uv[start:end]).max(0) > 400).all()
    assert len(made.facts["artefacts"]) == 5
    assert np.array_equal(uv[~inside], generated(seconds=10.0, seed=3).recording.get_traces(return_in_uV=True)[~inside])


def test_what_cannot_be_is_one_line():
    with pytest.raises(DataError, match=r"expected samples within 2047.94 uV, found .*; use another seed"):
        generated(seconds=1.0, noise_uv=1000.0)
    with pytest.raises(DataError, match="expected a channel, a unit and time, found 0, 5 and 120 s"):
        generated(0)
    with pytest.raises(DataError, match="expected 500 frames or more an artefact, found 250; ask for fewer"):
        generated(seconds=1.0, artefacts=100)
