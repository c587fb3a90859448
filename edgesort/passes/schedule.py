"""The static schedule of a graph whose streams travel element by element: queues before joins, and no dead-lock.

A cell takes elements and sends elements in an order that its op fixes and no value changes, and it blocks on both.
Such a network (Kahn, 1974) computes the same and stops in the same place in any order of execution. So if one order
carries a cycle of input frames through it and finds it as it was before, no order ever dead-locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from edgesort.graph import Graph
from edgesort.passes.flow import Flow, Port

Grain = Literal["element", "line", "frame"]


def order(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """The nodes that make a frame at each input frame of a cycle, in order."""
    due = range(1, graph.cycle + 1)
    return tuple(tuple(n.name for n in graph.nodes if t % graph.rate(n.name) == 0) for t in due)


def queues(graph: Graph, grains: Mapping[str, Grain]) -> dict[Port, int]:
    """The least elements that each input (node, position) of an op with several inputs must hold, one after the other.

    grains: how many elements each node's cell takes before it sends: one, a line (the last axis) or its frames.
    The k-th queue gets what it holds in an order that fills it only when nothing else can move, the ones before it
    bounded, the ones after it not. It cannot be smaller: its next element waited for nothing but room in it.
    The whole is then carried through a cycle; that, and not how the depths were found, is the proof.
    """
    depths: dict[Port, int] = {}
    for name, k in ports(graph):
        stream = graph.streams[graph.node(name).inputs[k]]
        two_cycles = 2 * graph.cycle * graph.input[1].period // stream.period * stream.size
        depths[name, k] = max(1, Flow(graph, grains, depths).least((name, k), two_cycles))
    while port := stuck(graph, grains, depths):
        depths[port] += 1
    return depths


def stuck(graph: Graph, grains: Mapping[str, Grain], depths: Mapping[Port, int]) -> Port | None:
    """A queue that is full for ever with these depths; None if there is no dead-lock."""
    return Flow(graph, grains, depths).stuck()


def ports(graph: Graph) -> tuple[Port, ...]:
    """The inputs (node, position) of the nodes that have several."""
    return tuple((n.name, k) for n in graph.nodes if len(n.inputs) > 1 for k in range(len(n.inputs)))


def waits(graph: Graph, cycles: Mapping[str, int], budget: int) -> dict[Port, int]:
    """Whole frames that come to each queue while it waits for the slowest input of its node, so that all keep pace.

    cycles: what a node's cell takes for a frame of its first input. budget: cycles from one input frame to the next.
    """
    arrives = {graph.input[0]: 0}
    extra: dict[Port, int] = {}
    for node in graph.nodes:
        latest = max(arrives[name] for name in node.inputs)
        arrives[node.name] = latest + cycles[node.name]
        for k, name in enumerate(node.inputs if len(node.inputs) > 1 else ()):
            held = arrives[node.name] - arrives[name] + graph.streams[name].size
            extra[node.name, k] = held // (budget * graph.rate(name)) if latest > arrives[name] else 0
    return extra
