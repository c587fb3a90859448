"""Streams as narrow as the ranges prove, and with them accumulators, line buffers and queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Op, Stream
from edgesort.ops import Add, Dense, Requant, Subtract
from edgesort.passes.ranges import Range, forward

# Their kernels and cells take any output type that holds the values: they saturate, or they compute modulo its width.
NARROWED: tuple[type[Op], ...] = (Requant, Dense, Add, Subtract)


def narrow(graph: Graph) -> Graph:
    """Give each of these nodes the narrowest type that holds its range, where every reader takes it.

    The other ops follow: their own types come from those of their inputs. No value changes.
    """
    nodes, streams = list(graph.nodes), dict(graph.streams)
    ranges = {graph.input[0]: Range.of(graph.input[1])}
    for position, node in enumerate(nodes):
        ranges[node.name] = forward(node.op, streams[node.name], *(ranges[name] for name in node.inputs))
        dtype = ranges[node.name].holding(streams[node.name].dtype.exponent)
        if not isinstance(node.op, NARROWED) or dtype.bits >= streams[node.name].dtype.bits:
            continue
        settled = _settled(nodes, position, dtype, streams)
        if settled is not None:
            nodes[position], streams = replace(node, dtype=dtype), settled
    return replace(graph, nodes=tuple(nodes))


def _settled(nodes: list[Node], position: int, dtype: Int, streams: Mapping[str, Stream]) -> dict[str, Stream] | None:
    """All streams once this node has this type; None if that is too narrow for an op after it, a table for instance."""
    after = dict(streams)
    name = nodes[position].name
    after[name] = replace(streams[name], dtype=dtype)
    changed = {name}
    for node in nodes[position + 1 :]:
        if not changed.intersection(node.inputs):
            continue
        try:
            made = node.infer(*(after[name] for name in node.inputs))
        except GraphError:
            return None
        old = streams[node.name].dtype
        if made.dtype.exponent != old.exponent or not old.holds(made.dtype.min, made.dtype.max):
            return None
        if made != after[node.name]:
            after[node.name] = made
            changed.add(node.name)
    return after


def saved(graph: Graph) -> dict[str, int]:
    """Bits that the elements of each stream are narrower than what types alone would make them, where they are.

    Types alone: no range analysis, and a Dense whose weights and biases could be anything of their types.
    """
    wide = replace(graph, nodes=tuple(replace(node, dtype=None) for node in graph.nodes))
    bits = {node.name: _bits_by_type(node.op, wide.streams[node.name], *wide.ins(node)) for node in graph.nodes}
    less = {name: count - graph.streams[name].dtype.bits for name, count in bits.items()}
    return {name: count for name, count in less.items() if count}


def _bits_by_type(op: Op, y: Stream, *x: Stream) -> int:
    if not isinstance(op, Dense):
        return y.dtype.bits
    weight, bias = (Int.holding(min(int(a.min()), -1), int(a.max())) for a in (op.weight, op.bias))
    products = [a * b for a in (weight.min, weight.max) for b in (x[0].dtype.min, x[0].dtype.max)]
    inputs = int(op.weight.shape[1])
    low, high = inputs * min(products) + bias.min, inputs * max(products) + bias.max
    return 1 + max((-low - 1).bit_length(), high.bit_length())
