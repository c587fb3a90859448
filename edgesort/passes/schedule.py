"""Queues before joins, so that streams of elements that part and meet again never dead-lock."""

from __future__ import annotations

from collections.abc import Mapping

from edgesort.graph import Graph


def queues(graph: Graph) -> Mapping[tuple[str, int], int]:
    """Elements that each input (node, position) of an op with several inputs must hold back.

    A frame of each is always enough. Take the static order: one input frame after the other, the nodes in the graph's
    order. A stream carries at most one frame an input frame, so with a frame of room before each join no node ever
    waits for one, every join finds its inputs, and all queues are empty again before the next frame. Nodes that block
    on reading and writing compute the same in any order, so what one order completes no order can dead-lock.
    """
    return {
        (node.name, k): graph.streams[name].size
        for node in graph.nodes
        if len(node.inputs) > 1
        for k, name in enumerate(node.inputs)
    }
