"""`edgesort calibrate`: every source of labels, a kill at any moment, units added later, and what cannot be used."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import onnx
import pytest
import spikeinterface.core as si

import edgesort
import edgesort.train.add_units as adding
import edgesort.train.ask as ask
import edgesort.train.calibrate as module
from edgesort.data.errors import DataError
from edgesort.data.generated import generated
from edgesort.sort import sort
from edgesort.train.add_units import add_units
from edgesort.train.ask import Asked, bits, run
from edgesort.train.augmentation import Augmentation
from edgesort.train.calibrate import calibrate, from_model, from_sorting
from edgesort.train.loop import load_checkpoint

EPOCHS = 2


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    hybrid = generated(channels=4, units=3, seconds=8.0, seed=2)
    hybrid.save(folder / "g")
    return folder / "g", hybrid


@pytest.fixture(scope="module", autouse=True)
def plain():
    """Runs without their description, which tests/train/test_describe.py is about and which takes longer."""
    with pytest.MonkeyPatch.context() as patch:
        for place in (module, adding):
            patch.setattr(place, "describe_into", lambda *_: None)
        yield


@pytest.fixture(scope="module")
def first(made, tmp_path_factory):
    """A run that knows two of the three units."""
    out = tmp_path_factory.mktemp("runs") / "first"
    _, hybrid = made
    return out, calibrate(hybrid.recording, from_sorting(two(hybrid)), out, epochs=4)


def two(hybrid):
    return si.NumpySorting.from_sorting(hybrid.sorting.select_units(hybrid.sorting.unit_ids[:2]))


def weights(path):
    return {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(str(path)).graph.initializer}


def test_a_killed_run_goes_on_and_ends_the_same(made, tmp_path):
    folder, _ = made
    line = [sys.executable, "-m", "edgesort.cli", "calibrate", "--recording", folder / "recording"]
    line += ["--sorting", folder / "truth", "--epochs", str(EPOCHS), "--out"]
    with subprocess.Popen([*line, tmp_path / "killed"], stderr=subprocess.DEVNULL) as child:
        while not (tmp_path / "killed.partial" / "float.pt").exists():
            assert child.poll() is None
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    assert not (tmp_path / "killed").exists()
    result = run(asked(folder), tmp_path / "killed", resume=True, epochs=EPOCHS)
    run(asked(folder), tmp_path / "whole", epochs=EPOCHS)
    killed, whole = (weights(tmp_path / name / "model.onnx") for name in ("killed", "whole"))
    assert all(np.array_equal(killed[name], whole[name]) for name in whole)
    assert json.loads((tmp_path / "killed" / "results.json").read_text())["quantized"] == result["quantized"]
    assert not (tmp_path / "killed.partial").exists()


def asked(folder, **options):
    return Asked(folder / "recording", folder / "truth", **options)


def test_labels_once_made_are_not_made_again(made, tmp_path, monkeypatch):
    _, hybrid = made
    calls = []

    def source(recording, end, folder):
        calls.append(end)
        return from_sorting(hybrid.sorting)(recording, end, folder)

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "train_into", stop)
    with pytest.raises(KeyboardInterrupt):
        calibrate(hybrid.recording, source, tmp_path / "out", epochs=1)
    monkeypatch.undo()
    calibrate(hybrid.recording, source, tmp_path / "out", resume=True, epochs=1)
    assert len(calls) == 1


def test_a_unit_is_added_and_the_others_stay_as_they_are(made, first, tmp_path):
    _, hybrid = made
    third = si.NumpySorting.from_sorting(hybrid.sorting.select_units(hybrid.sorting.unit_ids[2:]))
    add_units(first[0], hybrid.recording, third, tmp_path / "out", epochs=5)
    old, new = (edgesort.load(folder / "model.onnx") for folder in (first[0], tmp_path / "out"))
    assert new.labels == (*old.labels, "unit_2")
    samples = hybrid.recording.get_traces()
    before, after = (graph.run(graph.initial_state(), samples)[1][graph.outputs[0]] for graph in (old, new))
    assert np.array_equal(before, after[:, : len(old.labels)])
    assert after[:, -1].any()
    with pytest.raises(DataError, match=r"unit unit_0: expected a new name, found one that .*first knows"):
        add_units(first[0], hybrid.recording, two(hybrid), tmp_path / "again")
    with pytest.raises(DataError, match="recording: expected 4 channels for local_sorter, found 2"):
        narrow = hybrid.recording.select_channels(hybrid.recording.channel_ids[:2])
        add_units(first[0], narrow, third, tmp_path / "again")


def test_an_earlier_model_labels_what_it_hears(made, first, tmp_path):
    _, hybrid = made
    again = calibrate(hybrid.recording, from_model(first[0]), tmp_path / "out", start=first[0], epochs=1)
    assert again["calibration"]["source"] == "model first"
    assert edgesort.load(tmp_path / "out" / "model.onnx").labels == ("any", "unit_0", "unit_1")


def test_of_a_moving_probe_only_what_the_model_finds_is_learned(made, first, tmp_path):
    _, hybrid = made
    half = hybrid.recording.get_num_frames() // 2
    found = sort(edgesort.load(first[0] / "model.onnx"), hybrid.recording)
    labels = from_model(first[0], moving=True)(hybrid.recording, half, tmp_path).sorting
    assert labels.get_unit_spike_train("unit_0").size > 5
    for unit in found.unit_ids:
        assert np.array_equal(labels.get_unit_spike_train(unit), found.get_unit_spike_train(unit))


def test_a_recalibration_keeps_the_model_of_its_run(made, first, tmp_path, monkeypatch):
    def asked_for(recording, source, out, model, *options, augmentation):
        return {"model": model, "motion_um": augmentation.motion_um, "calibration": {"source": ""}}

    monkeypatch.setattr(ask, "calibrate", asked_for)
    wanted = Asked(made[0] / "recording", recalibrate=first[0])
    made_of = run(wanted, tmp_path / "out", model="cnn_sorter", augmentation=Augmentation(motion_um=20.0))
    assert (made_of["model"], made_of["motion_um"]) == ("local_sorter", 20.0)


def test_a_silent_channel_is_left_out_and_said(made, tmp_path, capsys):
    _, hybrid = made
    samples = hybrid.recording.get_traces().copy()
    samples[:, 3] = 7
    dead = si.NumpyRecording([samples], hybrid.recording.sampling_frequency)
    result = calibrate(dead, from_sorting(hybrid.sorting), tmp_path / "out", epochs=1)
    assert [row["channel"] for row in result["calibration"]["excluded"]] == ["3"]
    assert "channel 3 left out:" in capsys.readouterr().err
    graph = edgesort.load(tmp_path / "out" / "model.onnx")
    assert graph.input[1].shape == (3,)
    found, same = (sort(graph, r) for r in (dead, dead.select_channels(dead.channel_ids[:3])))  # the others are taken
    assert all(np.array_equal(found.get_unit_spike_train(u), same.get_unit_spike_train(u)) for u in found.unit_ids)
    with pytest.raises(DataError, match="recording: expected 3 channels for local_sorter, found 4"):
        sort(graph, dead.rename_channels(["a", "b", "c", "d"]))


def test_spikes_that_are_added_are_trained_on_and_said(made, tmp_path):
    _, hybrid = made
    added = Augmentation(overlaps_hz=20.0)
    made_of = calibrate(hybrid.recording, from_sorting(hybrid.sorting), tmp_path / "out", epochs=1, augmentation=added)
    assert (made_of["motion_um"], made_of["overlaps_hz"]) == (None, 20.0)
    for form in ("float", "quantized"):
        assert load_checkpoint(tmp_path / "out" / f"{form}.pt")["settings"]["overlaps_hz"] == 20.0


def test_what_cannot_be_used_is_one_line_and_leaves_nothing(made, first, tmp_path):
    folder, hybrid = made
    frequency = hybrid.recording.sampling_frequency
    rare = si.NumpySorting.from_unit_dict([{"a": np.array([100, 9000, 20000])}], frequency)
    with pytest.raises(DataError, match=r"expected 5 spikes or more of unit a in the first 4.8 s, found 3; leave"):
        calibrate(hybrid.recording, from_sorting(rare), tmp_path / "out")
    late = si.NumpySorting.from_unit_dict([{"a": np.arange(10) + 10**6}], frequency)
    with pytest.raises(DataError, match="expected spikes within 200000 frames, found unit a at 1000009"):
        calibrate(hybrid.recording, from_sorting(late), tmp_path / "out")
    with pytest.raises(DataError, match="expected spike times at 25000 Hz, the recording's, found 30000 Hz"):
        other = si.NumpySorting.from_unit_dict([{"a": np.arange(10)}], 30_000.0)
        calibrate(hybrid.recording, from_sorting(other), tmp_path / "out")
    with pytest.raises(DataError, match=r"labels: expected them to end by 6 s, .*, found 7 s"):
        run(asked(folder), tmp_path / "out", labelled_s=7.0)
    with pytest.raises(DataError, match=r"labels: expected one of --sorting, --teacher, .*, found 0; name one"):
        run(Asked(folder / "recording"), tmp_path / "out")
    with pytest.raises(DataError, match=r"labels: expected one of --sorting, --teacher, .*, found 2; name one"):
        run(asked(folder, teacher="kilosort4"), tmp_path / "out")
    with pytest.raises(DataError, match="teacher nobody: expected one of kilosort4"):
        run(Asked(folder / "recording", teacher="nobody"), tmp_path / "out")
    with pytest.raises(DataError, match=r"expected a run that calibrate or train wrote, found no checkpoint.pt"):
        run(Asked(folder / "recording", recalibrate=folder), tmp_path / "out")
    assert bits("8,4,4,6") == (8, 4, 4, 6) and bits("4") == 4 and bits(None) is None
    with pytest.raises(DataError, match="weight bits: expected numbers of 2 to 8 with commas between, found 'four'"):
        bits("four")
    with pytest.raises(DataError, match=r"weight bits: expected 2 to 8 of each of 4 layers, found \(8, 4\)"):
        run(asked(folder), tmp_path / "bits", weight_bits="8,4", epochs=1)
    with pytest.raises(DataError, match="motion: expected micrometres above 0, found 0"):
        Augmentation(motion_um=0.0)
    with pytest.raises(DataError, match="overlaps: expected a model that tells units apart, found detector; leave"):
        run(asked(folder), tmp_path / "out", model="detector", augmentation=Augmentation(overlaps_hz=20.0))
    with pytest.raises(DataError, match="overlaps: expected spikes a second above 0, found -1"):
        Augmentation(overlaps_hz=-1.0)
    assert [path.name for path in tmp_path.iterdir()] == ["bits.partial"]  # labels were made: a resume can use them
    assert (first[0] / "model.onnx").is_file()
