"""Every pass keeps every output value: on random graphs, and on graphs made for it. What each one does is looked at."""

import json
from dataclasses import replace

import numpy as np
import pytest

from edgesort import passes, serial
from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import Add, Concat, Delay, Dense, MaxPool, Peak, Requant, Reshape, Slice, Upsample, Window
from tests import corners, fuzz
from tests.passes.networks import residual, unet

SEEDS = range(120)


def values(graph, frames):
    _, found = graph.run(graph.initial_state(), frames)
    return {name: value.astype(np.int64) for name, value in found.items()}


def same_outputs(before: Graph, after: Graph, seed: int = 0, count: int = 300) -> None:
    """Every output under its own name, and every value inside the type that its stream has."""
    frames = corners.frames(before.input[1], count, seed)
    expected, found = values(before, frames), values(after, frames)
    assert after.outputs == before.outputs
    for name in before.outputs:
        assert np.array_equal(expected[name], found[name]), f"seed {seed}: {name}\n{before.text()}{after.text()}"
    for name in found.keys() & expected.keys():
        assert np.array_equal(expected[name], found[name]), f"seed {seed}: {name}\n{before.text()}{after.text()}"


def chain(*ops, stream=Stream((4,), Int(12)), outputs=None) -> Graph:  # noqa: B008
    names = [f"n{k}" for k in range(len(ops))]
    nodes = tuple(Node(name, op, (before,)) for name, op, before in zip(names, ops, ["adc", *names], strict=False))
    return Graph("chain", 1000.0, ("adc", stream), nodes, outputs or (names[-1],)).check()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("run", [*passes.PASSES, passes.simplify], ids=lambda run: run.__name__)
def test_a_pass_keeps_every_value_of_a_random_graph(run, seed):
    graph = fuzz.random_graph(seed)
    same_outputs(graph, run(graph).check(), seed, 150)


@pytest.mark.parametrize("graph", [residual(), unet()], ids=lambda graph: graph.name)
def test_the_passes_keep_every_value_of_a_network(graph):
    same_outputs(graph, passes.simplify(graph))


@pytest.mark.parametrize(
    ("ops", "left"),
    [
        ((Slice(0, 4), Window(2)), ["n1"]),
        ((Slice(1, 4), Slice(1, 2)), ["n1"]),
        ((Reshape((2, 2)), Reshape((4,))), ["n1"]),
        ((Window(1), Window(2)), ["n1"]),
        ((Upsample(1), Delay(2)), ["n1"]),
        ((Requant((0,), Int(12)), Window(2)), ["n1"]),
        ((Requant((2,), Int(8)), Requant((3,), Int(5))), ["n1"]),
        ((Requant((2,), Int(8)), Requant((1, 0, 2, 3), Int(5))), ["n1"]),
        ((Requant((2,), Int(8)), Requant((3,), Int(6))), ["n0", "n1"]),
        ((Requant((4,), Int(8)), Requant((3,), Int(6))), ["n1"]),
        ((Requant((2,), Int(8, False)), Requant((3,), Int(6))), ["n0", "n1"]),
        ((Requant((0,), Int(8)), Requant((1,), Int(8))), ["n0", "n1"]),
        ((Requant((2,), Int(8, False)), Requant((3,), Int(6, False))), ["n0", "n1"]),
        ((MaxPool(2), Delay(1)), ["n0", "n1"]),
        ((Requant((30,), Int(8)), Requant((30,), Int(8))), ["n0", "n1"]),
        ((Requant((2,), Int(8)), Window(2)), ["n0", "n1"]),
        ((Slice(0, 3), Slice(0, 3), Slice(0, 2), Reshape((2, 1))), ["n2", "n3"]),
    ],
)
def test_fold_takes_out_what_changes_nothing(ops, left):
    graph = chain(*ops)
    small = passes.fold(graph).check()
    assert [node.name for node in small.nodes] == left
    same_outputs(graph, small)


def test_fold_keeps_an_output_and_what_one_of_several_readers_needs():
    ops = Requant((2,), Int(8)), Requant((3,), Int(5))
    assert len(passes.fold(chain(*ops, outputs=("n0", "n1"))).nodes) == 2
    graph = chain(*ops)
    other = replace(graph, nodes=(*graph.nodes, Node("other", Window(2), ("n0",))), outputs=("n1", "other"))
    assert len(passes.fold(other).nodes) == 3


def twins() -> Graph:
    """Equal nodes, nodes that are all but equal, and outputs among both."""
    dense = [Dense(np.array([[1, 2]]), np.array([3])) for _ in range(2)]
    nodes = (
        *(Node(f"window{k}", Window(2), ("adc",)) for k in range(3)),
        Node("other", Window(2, 2), ("adc",)),
        Node("a", dense[0], ("window0",)),
        Node("b", dense[1], ("window1",)),
        Node("c", Dense(np.array([[1, 2]]), np.array([4])), ("window2",)),
        Node("sum", Add(), ("a", "b")),
        Node("d", dense[0], ("other",)),
        Node("e", Requant((1,), Int(4)), ("d",)),
    )
    return Graph("twins", 1.0, ("adc", Stream((1,), Int(8))), nodes, ("sum", "b", "c", "e")).check()


def test_equal_nodes_become_one_and_outputs_keep_their_names():
    graph = twins()
    small = passes.simplify(graph)
    assert [node.name for node in small.nodes] == ["window0", "other", "a", "b", "c", "sum", "d", "e"]
    assert small.node("sum").inputs == ("a", "a") and small.node("c").inputs == ("window0",)
    same_outputs(graph, small)


def test_a_stream_delayed_by_several_amounts_has_one_line():
    nodes = (
        Node("five", Delay(5), ("adc",)),
        Node("two", Delay(2), ("adc",)),
        Node("two_again", Delay(2), ("adc",)),
        Node("nine", Delay(4), ("five",)),
        Node("unread", Delay(1), ("nine",)),
        Node("ten", Delay(1), ("unread",)),
        Node("x", Concat(), ("five", "two")),
        Node("y", Concat(), ("two_again", "ten")),
        Node("z", Concat(), ("x", "y")),
    )
    graph = Graph("g", 1.0, ("adc", Stream((2,), Int(8))), nodes, ("z", "two_again")).check()
    small = passes.share_delays(graph).check()
    delays = {n.name: (n.op.frames, n.inputs[0]) for n in small.nodes if isinstance(n.op, Delay)}
    assert delays == {"two_again": (2, "adc"), "five": (3, "two_again"), "ten": (6, "five")}
    same_outputs(graph, small)
    again = passes.share_delays(small)
    assert again.text() == small.text()


def test_delays_that_are_outputs_keep_their_names():
    nodes = (Node("a", Delay(3), ("adc",)), Node("b", Delay(3), ("adc",)), Node("c", Delay(4), ("adc",)))
    graph = Graph("g", 1.0, ("adc", Stream((2,), Int(8))), nodes, ("b", "a", "c")).check()
    small = passes.share_delays(graph).check()
    assert {n.name: n.op.frames for n in small.nodes} == {"a": 3, "b": 3, "c": 1}
    same_outputs(graph, small)


def test_delays_of_skips_become_one_line_and_keep_every_value():
    nodes = (Node("w", Window(3), ("adc",)), Node("s", Slice(0, 2), ("w",)), Node("two", Delay(2), ("adc",)))
    tail = (Node("sum", Add(), ("two", "s")), Node("three", Delay(3), ("adc",)), Node("late", Add(), ("three", "sum")))
    graph = Graph("g", 1.0, ("adc", Stream((2,), Int(8))), (*nodes, *tail), ("late",)).check()
    shared = passes.share_delays(graph).check()
    assert shared.node("sum").inputs == ("two", "s") and shared.node("late").inputs == ("three", "sum")
    assert shared.node("three").inputs == ("two",) and shared.node("three").op.frames == 1
    same_outputs(graph, shared)


def test_only_what_an_output_needs_stays():
    graph = chain(Window(2), Window(3), Delay(1), outputs=("n1",))
    assert [node.name for node in passes.prune(graph).nodes] == ["n0", "n1"]


def test_the_history_names_what_happened():
    history = {c.by: c for c in passes.simplify(chain(Slice(0, 4), Requant((9,), Int(8)), Delay(1))).history}
    assert (history["fold"].before, history["fold"].after, history["fold"].what) == (3, 2, "removes n0; changes n1")
    assert history["narrow"].what == "narrows n1 i8 to i3, n2 i8 to i3" and history["narrow"].bits == 40
    assert history["common"].what == "nothing to do"


def test_a_narrowed_type_is_kept_in_json_and_must_lie_within_the_op():
    graph = passes.narrow(chain(Requant((9,), Int(8)), Delay(1)))
    assert str(graph.streams["n1"].dtype) == "i3"
    again = serial.from_json(json.loads(json.dumps(serial.to_json(graph))))
    assert again.digest() == graph.digest()
    nodes = tuple(replace(node, dtype=Int(9)) if node.name == "n0" else node for node in graph.nodes)
    with pytest.raises(GraphError, match=r"node n0 \(requant\): expected a type within its own i8, found i9"):
        replace(graph, nodes=nodes).check()


def test_a_type_stays_as_wide_as_its_readers_need():
    graph = chain(Requant((9,), Int(8)), Delay(1), Peak((100, 100, 100, 100), 1, 0))
    assert passes.narrow(graph).text() == graph.text()
