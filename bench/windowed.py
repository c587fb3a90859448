"""A streaming network as fixed windows at the same hop: each sample, all of the window is computed again.

The window is the shortest that gives one output, which is the least that a fixed-window network has to compute. Filters
and scaling before the network, and peaks behind it, stay as they are: they have no window. Every position of a layer is
a node of its own, so that the layers run on the same kernels as the streaming network's.
"""

from __future__ import annotations

from dataclasses import replace

from edgesort.graph import Graph, Node
from edgesort.ops import Concat, Dense, Requant, Slice, Window

WHOLE = "whole_window"


def windowed(graph: Graph, first: str, last: str) -> Graph:
    """The graph with the nodes `first` to `last`, a chain that begins with a Window and goes on with Window, Dense and
    Requant, at each position of a whole window.

    Its values behind `last` are the streaming graph's once the receptive field has filled.
    """
    names = [node.name for node in graph.nodes]
    start, stop = names.index(first), names.index(last) + 1
    chain = graph.nodes[start:stop]
    assert all(isinstance(node.op, Window | Dense | Requant) for node in chain) and isinstance(chain[0].op, Window)
    count = 1 + sum(node.op.span() for node in chain[1:])  # positions of the first layer
    width = (chain[0].op.span() + 1) * graph.ins(chain[0])[0].size
    hop = graph.ins(chain[0])[0].size
    made = [Node(WHOLE, Window(chain[0].op.span() + count), chain[0].inputs)]
    made += [Node(f"{first}_{k}", Slice(k * hop, k * hop + width), (WHOLE,)) for k in range(count)]
    here = [node.name for node in made[1:]]
    for node in chain[1:]:
        steps = [_joined(node, here, k) for k in range(count - node.op.span())]
        count, made = len(steps), [*made, *(each for step in steps for each in step)]
        here = [step[-1].name for step in steps]
    made[-1] = replace(made[-1], name=last)
    return replace(graph, nodes=(*graph.nodes[:start], *made, *graph.nodes[stop:])).check()


def _joined(node: Node, here: list[str], position: int) -> list[Node]:
    """A node at a position: a Window is its inputs one after the other, the others take theirs."""
    if not isinstance(node.op, Window):
        return [replace(node, name=f"{node.name}_{position}", inputs=(here[position],))]
    assert (node.op.dilation, node.op.stride) == (1, 1) and node.op.kernel > 1
    made: list[Node] = []
    for k in range(1, node.op.kernel):
        before = made[-1].name if made else here[position]
        made.append(Node(f"{node.name}_{position}_{k}", Concat(), (before, here[position + k])))
    return made
