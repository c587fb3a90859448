"""Hybrid ground truth: the same bytes for a seed, spikes where it says, on the ADC's grid."""

import json

import numpy as np
import pytest
import spikeinterface.core as si
from hypothesis import given
from hypothesis import strategies as st

from edgesort.data.background import CODES, GRID, codes, join, quiet_files, read
from edgesort.data.errors import DataError
from edgesort.data.hybrid import demo, hybrid, near_other, unseen_files
from edgesort.data.noise import highpass, mad
from edgesort.data.recordings import frames, load_recording
from edgesort.data.simulated import simulated
from edgesort.data.sortings import load_sorting
from edgesort.data.templates import dissimilar, load_templates
from edgesort.folders import FolderError
from tests.data import small

DEMO = "e2626e28e4cd7d659ff314cb989ef7d03649b18f44ada34ad971d9bb353c053d"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    return small.backgrounds(folder / "background"), small.templates(folder / "templates.npz")


def make(world, **options):
    given = {"units": 3, "snrs": (30.0, 25.0, 20.0), "seconds": 3.0, "rate_hz": 40.0, "seed": 3} | options
    return hybrid(*world, **given)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(world):
    first, again, other = make(world), make(world), make(world, seed=4)
    assert first.facts["sha256"] == again.facts["sha256"] != other.facts["sha256"]
    assert first.facts == again.facts
    assert np.array_equal(frames(first.recording), frames(again.recording))


def test_spike_times_are_the_lowest_samples_of_the_waveforms(world):
    made = make(world)
    silent = make(world, snrs=(1e-9, 1e-9, 1e-9))
    assert made.facts["background"] == silent.facts["background"]
    added = frames(made.recording)[:, 0].astype(int) - frames(silent.recording)[:, 0]
    trains = {u: made.sorting.get_unit_spike_train(u) for u in made.sorting.unit_ids}
    for unit, times in trains.items():
        others = np.sort(np.concatenate([t for u, t in trains.items() if u != unit]))
        alone = times[~near_other(times, others, 45)]
        assert len(alone) > 20
        around = added[alone[:, None] + np.arange(-10, 11)]
        step = 65
        assert (around[:, 10] <= around.min(axis=1) + step).all(), unit


def test_samples_stay_on_the_grid_and_joins_make_no_step(world):
    made = make(world, snrs=(1e-9, 1e-9, 1e-9))
    samples = frames(made.recording)[:, 0]
    assert samples.dtype == np.int16
    codes(samples)
    filtered = highpass(samples, small.FREQUENCY)
    assert np.abs(filtered).max() < 8 * mad(filtered)
    stepped = np.concatenate([codes(read(world[0][k])[1]) + 200 * k for k in range(2)])
    filtered = highpass(GRID[stepped], small.FREQUENCY)
    assert np.abs(filtered).max() > 8 * mad(filtered), "the check must notice a join with a step"


def test_snr_overlaps_and_refractory_time_are_as_stated(world):
    made = make(world, seconds=5.0)
    samples = highpass(frames(made.recording)[:, 0], small.FREQUENCY)
    trains = [made.sorting.get_unit_spike_train(u) for u in made.sorting.unit_ids]
    for train, snr in zip(trains, (30, 25, 20), strict=True):
        waveform = samples[train[:, None] + np.arange(-15, 15)].mean(0)
        assert np.abs(waveform).max() / made.facts["noise"] == pytest.approx(snr, rel=0.1)
        assert np.diff(train).min() >= 0.002 * small.FREQUENCY - 2
    near = [
        sum(min(abs(t - o) for k, other in enumerate(trains) if k != j for o in other) <= 19.531 for t in train)
        for j, train in enumerate(trains)
    ]
    assert list(made.facts["overlapping"].values()) == near
    assert min(near) > 0


def test_saved_folders_are_loaded_and_appear_whole_or_not_at_all(world, tmp_path):
    made = make(world)
    made.save(tmp_path / "out")
    recording = load_recording(tmp_path / "out" / "recording")
    truth = load_sorting(tmp_path / "out" / "truth", recording)
    assert np.array_equal(frames(recording), frames(made.recording))
    assert list(truth.unit_ids) == list(made.sorting.unit_ids)
    assert json.loads((tmp_path / "out" / "hybrid.json").read_text()) == made.facts
    with pytest.raises(FolderError, match="expected a path that does not exist yet"):
        made.save(tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_unseen_files_are_those_not_used(world):
    made = make(world)
    unseen = unseen_files(made.facts, world[0])
    assert len(unseen) == len(world[0]) - len(made.facts["background"]) > 0
    assert not {path.name for path in unseen} & set(made.facts["background"])


def test_quiet_files_are_of_ordinary_noise(world):
    noises = {path: mad(highpass(read(path)[1], small.FREQUENCY)[400:]) for path in world[0]}
    low, high = np.quantile(list(noises.values()), [0.25, 0.75])
    chosen = quiet_files(world[0], 4)
    assert all(low <= noises[path] <= high for path in chosen)
    with pytest.raises(DataError, match="expected 20 files of ordinary noise"):
        quiet_files(world[0], 20)


def test_templates_that_point_up_or_come_from_few_spikes_are_left_out(world):
    found = load_templates(world[1], small.FREQUENCY)
    assert [t.unit for t in found] == ["unit_000", "unit_001", "unit_002"]
    assert {t.unit for t in dissimilar(found, 3)} == {"unit_000", "unit_001", "unit_002"}
    for template in found:
        assert template.render().argmin() == 20


def test_bad_arguments_are_one_line(world, tmp_path):
    with pytest.raises(DataError, match=r"expected an SNR for each of 3 units, found 2$"):
        make(world, snrs=(5.0, 6.0))
    with pytest.raises(DataError, match=r"expected units .*, found unit_003$"):
        make(world, units=("unit_000", "unit_003"), snrs=(5.0, 6.0))
    with pytest.raises(DataError, match="expected 20000 Hz, found 19531 Hz"):
        make(world, sampling_frequency=20000.0)
    with pytest.raises(DataError, match="expected samples on the grid"):
        codes(np.array([1, 2, 3], np.int16))
    with pytest.raises(DataError, match="within the ADC's range, found drift"):
        join([np.array([0] * 30 + [900] * 30), np.array([0] * 30 + [900] * 30)])


@given(st.lists(st.integers(0, 400), max_size=15), st.lists(st.integers(0, 400), max_size=15), st.integers(0, 30))
def test_near_other_is_what_brute_force_says(times, others, reach):
    found = near_other(np.array(sorted(times), int), np.array(sorted(others), int), reach)
    assert found.tolist() == [any(abs(t - o) <= reach for o in others) for t in sorted(times)]


@given(st.lists(st.integers(0, CODES - 1), min_size=1, max_size=50))
def test_every_code_comes_back_from_the_grid(values):
    assert codes(GRID[values]).tolist() == values


def test_a_simulated_recording_says_so():
    made = simulated(units=3, seconds=2.0)
    assert made.facts["kind"] == "simulated"
    assert made.facts["sha256"] == simulated(units=3, seconds=2.0).facts["sha256"]
    assert isinstance(made.recording, si.BaseRecording)
    assert made.recording.get_dtype() == np.int16


def test_the_demo_is_the_one_that_cards_and_readme_speak_of():
    made = demo()
    assert made.facts["sha256"] == DEMO
    assert made.facts["units"] == {"unit_058": 10.0, "unit_012": 8.0, "unit_094": 6.5, "unit_039": 5.5}
