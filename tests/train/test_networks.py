"""The recipes of the U-Net, the GRU and the spiking network, on a tiny recording: trained, exported, imported, run."""

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.fixed import Int
from edgesort.folders import FolderError
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import MaxPool, Peak, Requant
from edgesort.sort import sort
from edgesort.targets.c.target import host_values
from edgesort.train import recipe
from edgesort.train.execute import executor
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT
from edgesort.verify import compare
from tests.data import small
from tests.targets.cases import difference

EPOCHS = 5  # of few steps
SHOWN = {
    "unet_segmenter": ("fine", "coarse", "slow", "down3_act", "up2_act", "up0_act", "head_act"),
    "gru_sorter": ("scale", "conv_act", "gru1", "gru2", "head_act"),
    "snn_sorter": ("scale", "current1", "lif1", "current2", "lif2", "head_act"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return small.recording(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module", params=SHOWN)
def run(request, data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    results = recipe.load(request.param).train(data.recording, data.sorting, out, from_scratch=True, epochs=EPOCHS)
    return request.param, out, results


def test_torch_equals_the_graph_in_every_layer_and_frame(run, data):
    name, out, _ = run
    frames = data.recording.get_traces()[:37_003]  # the U-Net's baseline takes 16,384 to be known
    verdict = compare(load(out / "model.onnx"), executor(out), frames)
    assert verdict.equal, verdict
    assert set(SHOWN[name]) <= set(verdict.nodes)
    assert verdict.frames > 19_300


def test_a_torch_network_that_forgets_its_start_is_noticed(run, data, monkeypatch):
    """A GRU that begins one frame of zeros late, and windows of the U-Net that begin off the grid of its poolings."""
    import edgesort.train.execute as execute

    name, out, _ = run
    pieces = execute.windows
    monkeypatch.setattr(execute, "windows", lambda x, timing: ((w.roll(1, 2), n) for w, n in pieces(x, timing)))
    assert not compare(load(out / "model.onnx"), executor(out), data.recording.get_traces()[:4000]).equal, name


def test_c_equals_the_graph(run, data, tmp_path):
    graph, frames = load(run[1] / "model.onnx"), data.recording.get_traces()[:3000]
    _, expected = graph.run(graph.initial_state(), frames)
    assert difference(expected, host_values(graph, frames, tmp_path)) is None


def test_training_goes_down_and_chance_is_stated(run):
    name, _, results = run
    assert results["loss_quantized"][-1] < results["loss_quantized"][0]
    assert 0 <= results["chance" if name == "unet_segmenter" else "chance_quantized"] < 0.3
    assert recipe.headline(results).startswith("overlap 0." if name == "unet_segmenter" else "accuracy 0.")


def test_events_of_a_slower_stream_point_at_their_spikes():
    """The largest of four samples goes to a Peak that looks one frame ahead: an event leaves 4 to 7 samples late."""
    nodes = (
        Node("pool", MaxPool(4, 4), ("adc",)),
        Node("score", Requant((0,), Int(8, False)), ("pool",)),
        Node("events", Peak((20,), 1, 0), ("score",)),
    )
    graph = Graph("slow", 30_000.0, ("adc", Stream((1,), Int(16))), nodes, ("events",), ("unit",), 4).check()
    samples = np.zeros((150_000, 1), np.int16)
    true = np.array([43, 1003, 70_003, 131_075])
    samples[true] = 100
    found = sort(graph, si.NumpyRecording([samples], 30_000.0)).get_unit_spike_train("unit")
    assert found.tolist() == true.tolist()


@pytest.mark.parametrize("name", SHOWN)
def test_a_folder_that_exists_is_refused_before_anything_is_trained(name, data, tmp_path):
    with pytest.raises(FolderError, match="expected a path that does not exist yet"):
        recipe.load(name).train(data.recording, data.sorting, tmp_path)
    with pytest.raises(DataError, match="expected an unfinished run to resume, found none"):
        recipe.load(name).train(data.recording, data.sorting, tmp_path / "out", resume=True)


def test_a_crop_that_ends_with_its_window_still_counts_on_the_windows_length(tmp_path):
    """Such a Slice states an end that only this length of window has: another length must not be tried at import."""
    unet, frequency = recipe.load("unet_segmenter"), 19531.0
    network = unet.NETWORK(1, 0)
    network.crops = [crop + 1 for crop in network.crops]
    export(
        network,
        tmp_path / "m.onnx",
        name="unet",
        channels=1,
        timing=network.timing,
        sampling_frequency=frequency,
        adc_exponent=ADC_EXPONENT,
        before={},
        after={},
        event_delay=unet.RECIPE.delay,
        labels=unet.RECIPE.labels,
        provenance={},
    )
    graph = load(tmp_path / "m.onnx")
    assert [node.op.frames for node in graph.nodes if node.op.kind == "delay"] == [2, 14, 30]
    assert graph.event_delay == unet.RECIPE.delay
    assert graph.outputs == ("head_act",)
