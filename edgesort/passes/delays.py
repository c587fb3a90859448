"""The Delay nodes that skip connections need, in as little memory as they can."""

from __future__ import annotations

from dataclasses import replace

from edgesort.graph import Graph, Node
from edgesort.ops import Delay


def share_delays(graph: Graph) -> Graph:
    """One line for each stream that is delayed by several amounts, tapped on its way; equal delays become one.

    Delays add up, zeros at the start included, so a stream's line of d1, then d2 - d1 more frames holds what one of d1
    beside one of d2 holds, and the longest alone decides the memory. Outputs keep their names.
    """
    lines = _lines(graph)
    alias: dict[str, str] = {}
    made: dict[str, list[Node]] = {}  # the line's nodes, under the first delay of its stream
    for source, taps in lines.items():
        before, reached = source, 0
        line = made.setdefault(taps[0][1], [])
        for amount in sorted({amount for amount, _, needed in taps if needed}):
            names = [name for a, name, needed in taps if a == amount and needed]
            outputs = [name for name in names if name in graph.outputs]
            for name in outputs or names[:1]:
                line.append(Node(name, Delay(amount - reached), (before,)))
            before, reached = (outputs or names)[0], amount
            alias.update({name: before for name in names if name not in outputs})
    nodes: list[Node] = []
    for node in graph.nodes:
        if not isinstance(node.op, Delay):
            nodes.append(replace(node, inputs=tuple(alias.get(name, name) for name in node.inputs)))
        nodes += made.get(node.name, [])
    return replace(graph, nodes=tuple(nodes))


def _lines(graph: Graph) -> dict[str, list[tuple[int, str, bool]]]:
    """For each delayed stream its delays: frames in all, name, and whether anything but a delay reads it."""
    read = set(graph.outputs)
    for node in graph.nodes:
        read.update(() if isinstance(node.op, Delay) else node.inputs)
    origin: dict[str, tuple[str, int]] = {}
    lines: dict[str, list[tuple[int, str, bool]]] = {}
    for node in graph.nodes:
        if not isinstance(node.op, Delay):
            continue
        source, frames = origin.get(node.inputs[0], (node.inputs[0], 0))
        origin[node.name] = source, frames + node.op.frames
        lines.setdefault(source, []).append((frames + node.op.frames, node.name, node.name in read))
    return lines
