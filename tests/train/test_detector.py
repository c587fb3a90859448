"""The detector: one row that says "a spike", whoever fired it, learned from the labels of all units joined."""

import numpy as np
import pytest
import spikeinterface.core as si

import edgesort
from edgesort.data.hybrid import demo
from edgesort.data.scoring import score
from edgesort.share import share
from edgesort.sort import sort
from edgesort.train import recipe
from edgesort.train.labelled import labelled
from edgesort.train.trained import compared
from tests.data import small

RATE = 20000.0


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return small.recording(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    detector = recipe.load("detector")
    return out, detector.train(data.recording, data.sorting, out, from_scratch=True, epochs=30)


def joined(sorting):
    """All spikes as those of one unit."""
    every = np.unique(np.concatenate([sorting.get_unit_spike_train(unit) for unit in sorting.unit_ids]))
    return si.NumpySorting.from_unit_dict([{"somebody": every}], sorting.sampling_frequency)


def test_two_spikes_of_a_frame_are_one_and_names_are_gone():
    samples = np.random.default_rng(0).normal(0, 50, (60000, 1)).astype(np.int16)
    trains = {"a": np.array([100, 900, 2000]), "b": np.array([300, 900])}
    sorting = si.NumpySorting.from_unit_dict([trains], RATE)
    data = labelled(si.NumpyRecording([samples], RATE), sorting)
    assert [list(row) for row in data.rows] == [[100, 300, 900, 900, 2000], [100, 900, 2000], [300, 900]]
    detected = data.detected()
    assert [list(row) for row in detected.rows] == [[100, 300, 900, 2000]]
    assert detected.labels == tuple(detected.sorting.unit_ids) == ("any",)


def test_its_graph_has_one_row_and_finds_the_spikes_of_all_units(run, data):
    out, results = run
    graph = edgesort.load(out / "model.onnx")
    assert graph.labels == ("any",)
    assert graph.streams[graph.outputs[0]].shape == (1,)
    found, start = sort(graph, data.recording), results["split"]["score"][0]
    scored = score(data.recording, joined(data.sorting), found, start)
    assert scored["mean_accuracy"] == pytest.approx(results["quantized"]["mean_accuracy"], abs=1e-12)
    assert scored["mean_accuracy"] > 0.85
    assert results["chance_quantized"] < 0.2


def test_the_device_finds_what_the_trained_detector_finds(run, data):
    out, results = run
    graph = edgesort.load(out / "model.onnx")
    trains = {"any": sort(graph, data.recording).get_unit_spike_train("any")}
    same = compared(out, graph, data.recording, trains, results["split"]["score"][0])
    assert same["equal"]
    assert same["spikes"] > 100


def test_the_shipped_detector_detects_what_it_was_made_for():
    made = demo(seconds=16.0)
    graph = edgesort.load(share("models", "detector", "model.onnx"))
    scored = score(made.recording, joined(made.sorting), sort(graph, made.recording))
    assert graph.labels == ("any",)
    assert scored["mean_accuracy"] > 0.9
