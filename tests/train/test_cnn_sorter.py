"""The recipe on a tiny recording: torch equals the integer graph, a resume changes nothing, bad input is refused."""

import json

import numpy as np
import onnx
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError, Stopped
from edgesort.fixed import Int
from edgesort.folders import FolderError
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Dense, Requant, Window
from edgesort.share import share
from edgesort.train import loop, recipe
from edgesort.train.execute import executor
from edgesort.train.frontend import highpass
from edgesort.train.loop import load_checkpoint
from edgesort.train.sorter import build
from edgesort.verify import compare
from tests.data import small

FREQUENCY = 19531.0
EPOCHS = 30  # of few steps: enough for the tiny network to find its large spikes


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return small.recording(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def cnn():
    return recipe.load("cnn_sorter")


@pytest.fixture(scope="module")
def run(data, cnn, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    return out, cnn.train(data.recording, data.sorting, out, from_scratch=True, epochs=EPOCHS)


def by_hand(network, thresholds, unit, cnn):
    """The graph, assembled from the quantized weights of the torch network and nothing else. unit: of the samples."""

    def dense(layer):
        weight = layer.quant_weight()
        exponent = int(np.log2(float(weight.scale.detach())))
        integers = np.rint(weight.value.detach().numpy() / 2.0**exponent).astype(int)
        bias = np.rint(layer.bias.detach().numpy() / 2.0 ** (exponent + cnn.EXPONENT)).astype(int)
        assert np.abs(integers).max() < 2 ** (cnn.WEIGHT_BITS - 1)
        return Dense(integers.transpose(0, 2, 1).reshape(len(integers), -1), bias, 1, exponent), (-exponent,)

    (conv1, cut1), (conv2, cut2), (head, cut3) = (dense(m) for m in (network.conv1, network.conv2, network.head))
    u8 = Int(8, False, cnn.EXPONENT)
    nodes = (
        Node("highpass", highpass(FREQUENCY), ("adc",)),
        Node("scale", Requant((2 - unit,), Int(8, True, cnn.INPUT_EXPONENT)), ("highpass",)),
        Node("conv1_window", Window(cnn.KERNEL), ("scale",)),
        Node("conv1", conv1, ("conv1_window",)),
        Node("conv1_act", Requant(cut1, u8), ("conv1",)),
        Node("conv2", conv2, ("conv1_act",)),
        Node("conv2_act", Requant(cut2, u8), ("conv2",)),
        Node("head_window", Window(cnn.HEAD_KERNEL), ("conv2_act",)),
        Node("head", head, ("head_window",)),
        Node("head_act", Requant(cut3, u8), ("head",)),
        Node("events", cnn.RECIPE.picking.peak(thresholds), ("head_act",)),
    )
    return Graph("hand", FREQUENCY, ("adc", Stream((1,), Int(16, True, unit))), nodes, ("events",)).check()


def hand_graph(run, cnn):
    out, results = run
    content = load_checkpoint(out / "checkpoint.pt")
    thresholds = tuple(results["thresholds"]["quantized"].values())
    return by_hand(recipe.restore(content), thresholds, content["adc_exponent"], cnn)


def test_torch_equals_a_graph_assembled_by_hand_in_every_value(run, data, cnn):
    frames = data.recording.get_traces()
    verdict = compare(hand_graph(run, cnn), executor(run[0]), frames)
    assert verdict.equal, verdict
    assert verdict.frames == len(frames) - 38
    assert verdict.nodes == ("scale", "conv1_act", "conv2_act", "head_act")


@pytest.mark.parametrize("node", ["conv1", "conv2", "head"])
def test_one_weight_off_by_one_is_noticed(run, data, cnn, node):
    graph = hand_graph(run, cnn)
    op = graph.node(node).op
    weight = op.weight.copy()
    weight[0, 0] += 1
    nodes = tuple(Node(n.name, Dense(weight, op.bias), n.inputs) if n.name == node else n for n in graph.nodes)
    mutant = Graph("mutant", FREQUENCY, graph.input, nodes, ("events",))
    assert not compare(mutant, executor(run[0]), data.recording.get_traces()).equal


def test_the_exported_file_is_the_same_graph(run, data, cnn):
    graph, frames = load(run[0] / "model.onnx"), data.recording.get_traces()
    hand = hand_graph(run, cnn)
    _, found = graph.run(graph.initial_state(), frames)
    _, expected = hand.run(hand.initial_state(), frames)
    for name in ("scale", "conv1_act", "conv2_act", "head_act", "events"):
        assert np.array_equal(found[name], expected[name]), name
    assert graph.labels == ("any", *data.sorting.unit_ids)
    assert graph.event_delay == 18


def test_the_deployed_graph_finds_what_the_recipe_scored(run, data):
    graph = load(run[0] / "model.onnx")
    _, values = graph.run(graph.initial_state(), data.recording.get_traces())
    start = run[1]["split"]["score"][0]
    for column, label in enumerate(graph.labels[1:], 1):
        events = np.flatnonzero(values["events"][:, column]) - graph.event_delay
        matched = [u for u in run[1]["quantized"]["units"].values() if u["found_unit"] == label]
        assert all(unit["found"] == int((events >= start).sum()) for unit in matched)
        true = data.sorting.get_unit_spike_train(label)
        late = events[:, None] - true
        nearest = np.take_along_axis(late, np.abs(late).argmin(1)[:, None], 1)
        assert abs(np.median(nearest)) <= 2, "events must point at the spike's trough"


def test_the_run_folder_holds_its_results(run, cnn):
    out, results = run
    assert sorted(p.name for p in out.iterdir()) == [
        "checkpoint.pt",
        "float.pt",
        "model.onnx",
        "quantized.pt",
        "results.json",
    ]
    assert json.loads((out / "results.json").read_text()) == json.loads(json.dumps(results))
    assert len(results["loss_quantized"]) == len(results["loss_float"]) == EPOCHS
    assert results["loss_quantized"][-1] < results["loss_quantized"][0]


def test_a_resumed_run_ends_as_if_it_had_not_been_stopped(run, data, cnn, tmp_path, monkeypatch):
    out = tmp_path / "out"
    kept = loop.save_checkpoint

    def stop(path, network, **content):
        kept(path, network, **content)
        if len(content.get("losses", ())) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "save_checkpoint", stop)
    for resume in (False, True):  # once while the quantized network trains, once while the float one does
        with pytest.raises(Stopped, match=r"out.partial/.*\.pt holds 2 epochs, go on with --resume"):
            cnn.train(data.recording, data.sorting, out, from_scratch=True, resume=resume, epochs=EPOCHS)
        assert not out.exists()
        with pytest.raises(DataError, match="expected no unfinished run, found one; go on with --resume"):
            cnn.train(data.recording, data.sorting, out, from_scratch=True, epochs=EPOCHS)
    monkeypatch.setattr(loop, "save_checkpoint", kept)
    results = cnn.train(data.recording, data.sorting, out, from_scratch=True, resume=True, epochs=EPOCHS)
    took = {"seconds": 0, "cpu_seconds": 0}
    assert {**results, **took} == {**run[1], **took}
    assert (out / "model.onnx").read_bytes() == (run[0] / "model.onnx").read_bytes()


def test_a_checkpoint_of_other_settings_or_damaged_is_refused(run, data, cnn, tmp_path):
    partial = tmp_path / "out.partial"
    partial.mkdir()
    (partial / "quantized.pt").write_bytes((run[0] / "quantized.pt").read_bytes())
    with pytest.raises(DataError, match=r"expected a checkpoint of .*'epochs': 31.*, found one of .*'epochs': 30"):
        cnn.train(data.recording, data.sorting, tmp_path / "out", from_scratch=True, resume=True, epochs=EPOCHS + 1)
    (partial / "quantized.pt").write_bytes((run[0] / "quantized.pt").read_bytes()[:500])
    with pytest.raises(DataError, match="expected a checkpoint, found a damaged one"):
        cnn.train(data.recording, data.sorting, tmp_path / "out", from_scratch=True, resume=True, epochs=EPOCHS)


def test_bad_arguments_are_one_line(run, data, cnn, tmp_path):
    with pytest.raises(FolderError, match="expected a path that does not exist yet"):
        cnn.train(data.recording, data.sorting, run[0])
    with pytest.raises(DataError, match="expected an unfinished run to resume, found none"):
        cnn.train(data.recording, data.sorting, tmp_path / "out", resume=True)
    with pytest.raises(DataError, match="epochs: expected 1 or more, found 0"):
        cnn.train(data.recording, data.sorting, tmp_path / "out", epochs=0)
    wide = si.NumpyRecording([data.recording.get_traces().astype(np.int32) * 16], FREQUENCY)
    with pytest.raises(DataError, match="expected samples of 16 bits"):
        cnn.train(wide, data.sorting, tmp_path / "out")
    assert not list(tmp_path.iterdir())
    with pytest.raises(DataError, match=r"model none: expected one of .*cnn_sorter"):
        recipe.load("none")


def test_training_starts_from_the_shipped_weights_and_makes_a_new_head_for_other_units(data, cnn):
    weights = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(str(cnn.RECIPE.shipped)).graph.initializer}
    labels = load(cnn.RECIPE.shipped).labels
    same = dict(build(cnn.Sorter, 1, labels, 0, cnn.RECIPE.shipped).named_parameters())
    renamed = dict(build(cnn.FloatSorter, 1, (*labels[:-1], "new"), 0, cnn.RECIPE.shipped).named_parameters())
    more = dict(build(cnn.FloatSorter, 1, (*labels, "new"), 0, cnn.RECIPE.shipped).named_parameters())
    for name in ("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "head.weight", "head.bias"):
        assert np.array_equal(same[name].detach(), weights[name])
        assert np.array_equal(renamed[name].detach(), weights[name]) != name.startswith("head"), name
        assert np.array_equal(more[name].detach(), weights[name]) != name.startswith("head"), name


def test_the_shipped_model_is_small_clean_and_within_its_budget():
    path = share("models", "cnn_sorter", "model.onnx")
    graph = load(path)
    assert path.stat().st_size < 100_000
    assert b"/tmp/" not in path.read_bytes()
    macs = {node.name: node.op.macs(*graph.ins(node)) for node in graph.nodes}
    assert sum(macs.values()) <= 900
    assert max(macs.values()) <= 700
    assert graph.labels[0] == "any"
    assert graph.sampling_frequency == FREQUENCY
