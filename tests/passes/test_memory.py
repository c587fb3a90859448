"""The memory plan and the cost model."""

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Delay, Dense, Requant, Slice, Window
from edgesort.passes import cost, memory
from tests import fuzz
from tests.graphs import sorter
from tests.passes.networks import residual, unet


def odd() -> Graph:
    """A value of 3 bytes, then one of 2 that begins at an even byte."""
    nodes = (
        Node("a", Requant((0,), Int(8)), ("adc",)),
        Node("b", Slice(0, 1), ("adc",)),
        Node("c", Requant((0,), Int(9)), ("b",)),
        Node("late", Window(2), ("adc",)),
    )
    return Graph("odd", 1.0, ("adc", Stream((3,), Int(32))), nodes, ("a", "b", "c", "late")).check()


@pytest.mark.parametrize(
    "graph", [*map(fuzz.random_graph, range(80)), odd(), unet(), residual(), sorter()], ids=lambda g: g.name
)
def test_values_that_live_at_once_lie_apart(graph):
    """Taken literally: run the steps, write each value's bytes, and find them whole when they are read."""
    plan = memory.plan(graph)
    owner: dict[int, str] = {}

    def write(name):
        start = plan.offsets[name]
        assert start % graph.streams[name].dtype.container.itemsize == 0
        assert start + memory.value_bytes(graph, name) <= plan.scratch
        owner.update(dict.fromkeys(range(start, start + memory.value_bytes(graph, name)), name))

    def whole(name):
        start = plan.offsets[name]
        return all(owner[k] == name for k in range(start, start + memory.value_bytes(graph, name)))

    write(graph.input[0])
    for node in graph.nodes:
        write(node.name)
        assert all(whole(name) for name in node.inputs), (node.name, graph.text())
    assert all(whole(name) for name in graph.outputs)
    assert plan.apart == sum(memory.value_bytes(graph, name) for name in graph.streams)
    assert plan.scratch <= plan.apart + 3 * len(graph.streams)  # bytes of alignment


def test_a_chain_needs_only_two_neighbours():
    nodes = tuple(Node(f"n{k}", Delay(1), (f"n{k - 1}" if k else "adc",)) for k in range(9))
    plan = memory.plan(Graph("g", 1.0, ("adc", Stream((10,), Int(16))), nodes, ("n8",)).check())
    assert (plan.scratch, plan.apart) == (40, 200)


def test_costs_are_counted_an_input_frame():
    nodes = (
        Node("w", Window(4, stride=2), ("adc",)),
        Node("d", Dense(np.full((3, 8), -128), np.full(3, 1000)), ("w",)),
        Node("r", Requant((1, 2, 3), Int(8)), ("d",)),
    )
    graph = Graph("g", 500.0, ("adc", Stream((2,), Int(12))), nodes, ("r",)).check()
    w, d, r = cost.costs(graph, {"w": 20, "d": 70})
    assert (w.macs, w.constant_bytes, w.state_bytes, w.cycles) == (0, 0, 3 * 2 * 2 + 4, 20)
    assert (d.macs, d.macs_per_second, d.constant_bytes, d.state_bytes, d.cycles) == (12, 6000, 24 + 6, 0, 35)
    assert (r.constant_bytes, r.cycles) == (3, None)
