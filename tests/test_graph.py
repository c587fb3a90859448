"""Whole graphs: chunking, text form, JSON round trip, passes, and refusals by name."""

import json
from dataclasses import replace

import numpy as np
import pytest

from edgesort import passes, serial
from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import Dense, Requant, Window
from tests import corners
from tests.graphs import sorter

CHUNKS = ([900], [1] * 30 + [870], [7, 0, 333, 560])


def collect(graph, frames, sizes):
    state, parts, start = graph.initial_state(), [], 0
    for size in sizes:
        state, values = graph.run(state, frames[start : start + size])
        parts.append(values)
        start += size
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def test_run_equals_step_and_any_chunking():
    graph = sorter()
    frames = corners.frames(graph.input[1], 900, 3)
    state, stepped = graph.initial_state(), []
    for frame in frames:
        state, values = graph.step(state, frame)
        stepped.append(values)
    for sizes in CHUNKS:
        found = collect(graph, frames, sizes)
        for name, values in found.items():
            assert np.array_equal(values, np.array([s[name] for s in stepped])), name
    assert (found["events"] > 0).any()


def test_windowed_network_equals_the_stream_once_the_receptive_field_has_filled():
    graph = sorter()
    frames = corners.frames(graph.input[1], 400, 4)
    values = collect(graph, frames, [400])
    network = Graph("net", 1.0, ("scale", graph.streams["scale"]), graph.nodes[2:10], ("score",))
    reach = network.receptive_field
    assert reach == 34
    for t in (reach - 1, 100, 399):
        window = values["scale"][t - reach + 1 : t + 1]
        _, alone = network.run(network.initial_state(), window)
        assert np.array_equal(alone["score"][-1], values["score"][t])


def test_json_round_trip_keeps_the_digest():
    graph = sorter()
    again = serial.from_json(json.loads(json.dumps(serial.to_json(graph))))
    assert again.digest() == graph.digest() and again.text() == graph.text()


def test_digest_sees_one_weight():
    graph = sorter()
    weight = graph.node("conv2").op.weight.copy()
    weight[3, 3] += 1
    changed = tuple(
        Node(n.name, replace(n.op, weight=weight), n.inputs) if n.name == "conv2" else n for n in graph.nodes
    )
    assert replace(graph, nodes=changed).digest() != graph.digest()


def test_passes_keep_every_output_value_and_remove_idle_nodes():
    u8 = Int(8, False)
    nodes = (
        Node("wide", Requant((0,), Int(16)), ("adc",)),
        Node("relu", Requant((0,), Int(15, False)), ("wide",)),
        Node("act", Requant((4,), u8), ("relu",)),
        Node("unused", Window(3), ("act",)),
        Node("sum", Dense(np.array([[3]]), np.array([-7])), ("act",)),
        Node("keep", Requant((0,), Int(10, False)), ("sum",)),
        Node("out", Requant((1,), Int(9)), ("keep",)),
    )
    graph = Graph("g", 1.0, ("adc", Stream((1,), Int(12))), nodes, ("out",))
    small = passes.simplify(graph)
    assert [n.name for n in small.nodes] == ["act", "sum", "keep", "out"]
    frames = corners.frames(graph.input[1], 500, 5)
    assert np.array_equal(collect(graph, frames, [500])["out"], collect(small, frames, [500])["out"])


@pytest.mark.parametrize(
    ("nodes", "outputs", "text"),
    [
        ((Node("a", Window(0), ("adc",)),), ("a",), "node a (window): expected kernel"),
        ((Node("a", Window(2), ("b",)),), ("a",), "node a: expected input b to be defined before it"),
        ((Node("a", Window(2), ("adc",)), Node("a", Window(2), ("adc",))), ("a",), "node a: expected a new name"),
        ((Node("a", Window(2), ("adc",)),), ("c",), "expected output c to be a node"),
        ((Node("a", Window(2), ("adc",)),), (), "expected at least one output"),
        (
            (Node("a", Dense(np.full((1, 1), 1 << 20), np.zeros(1, int)), ("adc",)),),
            ("a",),
            "node a (dense): expected an accumulator of 32 bits at most, found that it needs 36",
        ),
    ],
)
def test_a_wrong_graph_is_refused_by_name(nodes, outputs, text):
    with pytest.raises(GraphError) as error:
        Graph("g", 1.0, ("adc", Stream((1,), Int(16))), nodes, outputs).check()
    assert text in str(error.value)


@pytest.mark.parametrize("frames", [np.zeros((4, 2), np.int16), np.zeros((4, 1), np.float32), np.full((4, 1), 40000)])
def test_frames_of_another_kind_are_refused(frames):
    graph = sorter()
    with pytest.raises(GraphError, match="expected"):
        graph.run(graph.initial_state(), frames)
