"""A network for N channels is N networks: equal values from every operator, in the reference, in C and in RTL."""

import numpy as np
import pytest
from scipy.io import wavfile

from edgesort import cli, ops, passes
from edgesort.build import open_build
from edgesort.check import for_channels
from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.passes.channels import FLAT, ROWS
from edgesort.share import share
from edgesort.targets import c
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import difference

N = 3
REFUSED = (ops.Gru, ops.Attention, ops.StateSpace)
RATE = 19531
MODEL = share("models", "cnn_sorter", "model.onnx")
GRAPH = sorter(seed=4, units=2, filters=4, kernel=8)


def behind_a_window(op, streams) -> Graph:
    """`op` alone, its inputs cut from the past of one channel."""
    size = sum(stream.size for stream in streams)
    nodes = [Node("past", ops.Window(size, stride=streams[0].period), ("x",))]
    first = 0
    for k, stream in enumerate(streams):
        nodes.append(Node(f"part{k}", ops.Slice(first, first + stream.size), ("past",)))
        nodes.append(Node(f"cut{k}", ops.Requant((0,), stream.dtype), (f"part{k}",)))
        nodes.append(Node(f"x{k}", ops.Reshape(stream.shape), (f"cut{k}",)))
        first += stream.size
    nodes.append(Node("y", op, tuple(f"x{k}" for k in range(len(streams)))))
    nodes.append(Node("again", ops.Rectify(), ("y",)))
    return Graph("behind", 1000.0, ("x", Stream((1,), Int(16))), tuple(nodes), ("y", "again")).check()


def apart(graph: Graph, frames, count=N) -> dict[str, np.ndarray]:
    """The outputs of `count` networks of one channel, side by side."""
    runs = [graph.run(graph.initial_state(), frames[:, k : k + 1])[1] for k in range(count)]
    return {name: np.concatenate([values[name] for values in runs], axis=1) for name in graph.outputs}


@pytest.mark.parametrize("op", [*ROWS, *FLAT, ops.Reshape])
def test_every_case_of_an_operator_equals_that_of_each_channel(op):
    tried = 0
    for one, streams in op.cases():
        if op is ops.Lif and one.recurrent.size:
            continue
        graph = behind_a_window(one, streams)
        both = passes.channels(graph, N)
        frames = corners.frames(both.input[1], 60 * graph.cycle, seed=tried)
        _, values = both.run(both.initial_state(), frames)
        assert difference(apart(graph, frames), values) is None
        tried += 1
    assert tried


def test_every_operator_takes_the_axis_or_is_refused_by_name():
    assert set(ops.OPS) == {*ROWS, *FLAT, ops.Reshape, *REFUSED}
    for op in REFUSED:
        one, streams = op.cases()[0]
        with pytest.raises(GraphError, match=f"channels: node y: expected an op that takes an axis .* {op.kind}"):
            passes.channels(behind_a_window(one, streams), N)


def test_neurons_that_feed_each_other_are_refused():
    recurrent = next(case for case in ops.Lif.cases() if case[0].recurrent.size)
    with pytest.raises(GraphError, match=r"channels: node y: .* found lif, which has a state"):
        passes.channels(behind_a_window(*recurrent), N)


def test_labels_and_what_the_graph_says():
    both = for_channels(GRAPH, 2)
    assert both.labels == ("0.any", "0.unit0", "0.unit1", "1.any", "1.unit0", "1.unit1")
    assert both.input[1].shape == (2,) and both.streams["events"].shape == (6,)
    assert both.event_delay == GRAPH.event_delay and ("channels", "2") in both.provenance
    assert both.history[-1].by == "channels"
    assert for_channels(GRAPH, 1) is GRAPH and for_channels(GRAPH, None) is GRAPH


def test_what_is_not_one_channel_is_refused():
    with pytest.raises(GraphError, match=r"expected 1 channel or more, found 0"):
        passes.channels(GRAPH, 0)
    with pytest.raises(GraphError, match=r"adc of shape \(1,\), found \(3,\)"):
        passes.channels(sorter(channels=3), 2)


def test_c_for_several_channels_equals_each(tmp_path):
    both = passes.channels(GRAPH, N)
    frames = corners.frames(both.input[1], 500, seed=5)
    found = c.host_values(both, frames, tmp_path, sanitize=True)
    assert difference(apart(GRAPH, frames), found) is None
    assert found["events"].any(axis=0).all()


def test_the_command_compiles_for_several_channels(tmp_path, monkeypatch):
    """And proves the import on each channel of a recording."""
    wav, out = tmp_path / "two.wav", tmp_path / "build"
    wavfile.write(wav, RATE, np.random.default_rng(0).normal(0, 400, (4000, 2)).astype(np.int16))
    command = ["compile", MODEL, "--target", "c99", "--channels", "2", "--recording", wav, "--out", out, "--json"]
    monkeypatch.setattr("sys.argv", ["edgesort", *map(str, command)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code
    assert "labels 0.any 0.unit" in (out / "graph.txt").read_text()
    assert open_build(out).graph.input[1].shape == (2,)
