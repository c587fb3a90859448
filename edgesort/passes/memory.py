"""A memory plan for a core that computes a frame node by node: state that stays, and scratch that values share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgesort.graph import Graph


@dataclass(frozen=True)
class Plan:
    """offsets: of each value in a scratch memory of `scratch` bytes. apart: bytes if each value had its own."""

    offsets: Mapping[str, int]
    scratch: int
    apart: int


def plan(graph: Graph) -> Plan:
    """Values whose lifetimes overlap lie apart; the largest are placed first, each as low as it fits.

    A value lives from the node that makes it to the last one that reads it, an output to the end of the frame: no value
    passes from one input frame to the next, what must is state.
    """
    lives, sizes = lifetimes(graph), {name: value_bytes(graph, name) for name in graph.streams}
    offsets: dict[str, int] = {}
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        width = graph.streams[name].dtype.container.itemsize
        (first, last), offset = lives[name], 0
        for other in sorted(offsets, key=lambda other: offsets[other]):
            beside = lives[other][0] <= last and first <= lives[other][1]
            if beside and offset + sizes[name] > offsets[other]:
                offset = max(offset, -(-(offsets[other] + sizes[other]) // width) * width)
        offsets[name] = offset
    scratch = max(offsets[name] + sizes[name] for name in offsets)
    return Plan(offsets, scratch, sum(sizes.values()))


def lifetimes(graph: Graph) -> dict[str, tuple[int, int]]:
    """The first and the last step in which each value is needed; node k is computed in step k + 1."""
    lives = {graph.input[0]: (0, 0)}
    for step, node in enumerate(graph.nodes, 1):
        lives[node.name] = step, step
        lives |= {name: (lives[name][0], step) for name in node.inputs}
    end = len(graph.nodes) + 1
    return lives | {name: (lives[name][0], end) for name in graph.outputs}


def value_bytes(graph: Graph, name: str) -> int:
    """Bytes of a frame in the narrowest container of its type."""
    stream = graph.streams[name]
    return stream.size * stream.dtype.container.itemsize
