"""Remove nodes that no output depends on."""

from __future__ import annotations

from dataclasses import replace

from edgesort.graph import Graph


def prune(graph: Graph) -> Graph:
    """Only what the outputs need."""
    needed = set(graph.outputs)
    for node in reversed(graph.nodes):
        if node.name in needed:
            needed.update(node.inputs)
    return replace(graph, nodes=tuple(node for node in graph.nodes if node.name in needed))
