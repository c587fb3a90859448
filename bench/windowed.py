"""A streaming network as fixed windows at the same hop: each sample, all of the window is computed again.

The window is the shortest that gives one output, which is the least that a fixed-window network has to compute. Filters
and scaling before the network, and peaks behind it, stay as they are: they have no window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from edgesort.graph import Graph, Node, Op
from edgesort.ops import Concat, Dense, Requant, Reshape, Slice, Window


@dataclass(frozen=True)
class Chain:
    """Nodes that take each other's values alone, and how many of its frames each one's output needs: `positions`."""

    nodes: tuple[Node, ...]
    positions: tuple[int, ...]


def windowed(graph: Graph, first: str, last: str) -> Graph:
    """The graph with the nodes `first` to `last`, a chain of Window, Dense and Requant, on whole windows.

    Its values behind `last` are the streaming graph's once the receptive field has filled.
    """
    names = [node.name for node in graph.nodes]
    start, stop = names.index(first), names.index(last) + 1
    chain = _chain(graph.nodes[start:stop])
    source, channels = chain.nodes[0].inputs[0], graph.ins(chain.nodes[0])[0].shape[-1]
    made = [Node("whole_window", Window(chain.positions[0]), (source,))]
    for node, before, after in zip(chain.nodes, chain.positions, chain.positions[1:], strict=False):
        name = made[-1].name
        made += (
            _taps(node, name, before, after, channels)
            if isinstance(node.op, Window)
            else [replace(node, inputs=(name,))]
        )
        channels = channels * node.op.kernel if isinstance(node.op, Window) else _width(node.op, channels)
    made[-1] = replace(made[-1], name=last)
    return replace(graph, nodes=(*graph.nodes[:start], *made, *graph.nodes[stop:])).check()


def _chain(nodes: tuple[Node, ...]) -> Chain:
    positions = [1]
    for node in reversed(nodes):
        assert isinstance(node.op, Window | Dense | Requant), f"expected a network of layers, found {node.op.kind}"
        positions.insert(0, positions[0] + node.op.span())
    return Chain(nodes, tuple(positions))


def _taps(node: Node, source: str, before: int, after: int, channels: int) -> list[Node]:
    """[before, channels] to [after, kernel * channels]: the window at each position, one after the other."""
    assert isinstance(node.op, Window) and (node.op.dilation, node.op.stride) == (1, 1)
    flat, width = Node(f"{node.name}_flat", Reshape((before * channels,)), (source,)), node.op.kernel * channels
    if after == 1:
        return [flat]
    starts = [position * channels for position in range(after)]
    parts = [Node(f"{node.name}_{start}", Slice(start, start + width), (flat.name,)) for start in starts]
    joined, upto = [], parts[0].name
    for part in parts[1:]:
        joined.append(Node(f"{part.name}_joined", Concat(), (upto, part.name)))
        upto = joined[-1].name
    return [flat, *parts, *joined, Node(node.name, Reshape((after, width)), (upto,))]


def _width(op: Op, channels: int) -> int:
    return len(op.bias) if isinstance(op, Dense) else channels
