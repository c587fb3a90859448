"""Remove what changes no value: an idle Requant, and a ReLU before a Requant to an unsigned type."""

from __future__ import annotations

from dataclasses import replace

from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Requant


def fold(graph: Graph) -> Graph:
    """Readers of such a Requant read its input instead. The graph's outputs keep their names."""
    readers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    alias: dict[str, str] = {}
    kept = []
    for node in graph.nodes:
        renamed = replace(node, inputs=tuple(alias.get(name, name) for name in node.inputs))
        if node.name not in graph.outputs and _is_idle(node, graph.ins(node)[0], readers.get(node.name, [])):
            alias[node.name] = renamed.inputs[0]
            continue
        kept.append(renamed)
    return replace(graph, nodes=tuple(kept))


def _is_idle(node: Node, x: Stream, readers: list[Node]) -> bool:
    """True if the readers see the same values without the node.

    A Requant that does not shift and clips nothing is idle. One that clips only below 0 is idle if
    every reader is a Requant to an unsigned type: saturate(max(x, 0) >> s) = saturate(x >> s).
    """
    if not isinstance(node.op, Requant) or any(node.op.shift) or node.op.dtype.max < x.dtype.max:
        return False
    if node.op.dtype.min <= x.dtype.min:
        return True
    unsigned = all(isinstance(r.op, Requant) and not r.op.dtype.signed for r in readers)
    return unsigned and node.op.dtype.min == 0
