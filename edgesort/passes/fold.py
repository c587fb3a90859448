"""Remove what changes no value: an idle node, and a Requant, Slice or Reshape that the next one can take over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgesort.graph import Graph, GraphError, Node, Op, Stream
from edgesort.ops import AveragePool, DepthToTime, MaxPool, Requant, Reshape, Slice, Upsample, Window


def fold(graph: Graph) -> Graph:
    """Readers of such a node read its input instead."""
    for node in graph.nodes:
        graph = _without(graph, graph.node(node.name))
    return graph


def _without(graph: Graph, node: Node) -> Graph:
    """The graph without this node if it is idle or all its readers take it over; not if that leaves no graph: an output
    must keep its name, and a reader may need its type."""
    x, y = graph.streams[node.inputs[0]], graph.streams[node.name]
    readers = [reader.op for reader in graph.nodes if node.name in reader.inputs]
    if not _is_idle(node.op, x, y) and not (readers and all(_takes_over(op, node.op, x) for op in readers)):
        return graph
    nodes = tuple(_past(node, other) for other in graph.nodes if other is not node)
    try:
        return replace(graph, nodes=nodes).check()
    except GraphError:
        return graph


def _past(gone: Node, node: Node) -> Node:
    """The node that does on the input of `gone` what it did after it."""
    if gone.name not in node.inputs:
        return node
    inputs = tuple(gone.inputs[0] if name == gone.name else name for name in node.inputs)
    op = _joined(gone.op, node.op) if type(gone.op) is type(node.op) else node.op
    return replace(node, op=op, inputs=inputs)


def _is_idle(op: Op, x: Stream, y: Stream) -> bool:
    """True if y is x, frame by frame."""
    if isinstance(op, Requant):
        return not any(op.shift) and op.dtype.holds(x.dtype.min, x.dtype.max)
    if isinstance(op, Slice | Reshape):
        return x.shape == y.shape
    if isinstance(op, Window | MaxPool | AveragePool):
        return op.kernel == op.stride == 1
    return isinstance(op, Upsample | DepthToTime) and op.factor == 1


def _takes_over(op: Op, first: Op, x: Stream) -> bool:
    """True if `op` alone can do to x what it does after `first`.

    For Requant, first to [m1, M1] after >> a, then to [m2, M2] after >> b: flooring shifts are monotone and add up, so
    it is clip(clip(x >> (a + b), m1 >> b, M1 >> b), m2, M2), in which each inner bound goes if it is no tighter than
    the outer one, or if x never reaches it.
    """
    if isinstance(op, Slice) and isinstance(first, Slice):
        return True
    if isinstance(op, Reshape) and isinstance(first, Reshape):
        return True
    if not isinstance(op, Requant) or not isinstance(first, Requant):
        return False
    a, b = np.broadcast_arrays(np.array(first.shift), np.array(op.shift))
    upper = (op.dtype.max <= first.dtype.max >> b) | (x.dtype.max >> a <= first.dtype.max)
    lower = (op.dtype.min >= first.dtype.min >> b) | (x.dtype.min >> a >= first.dtype.min)
    return bool((upper & lower).all())


def _joined(first: Op, op: Op) -> Op:
    """One op for `op` after `first`, both of a kind, where it takes over or `first` is idle."""
    if isinstance(first, Requant) and isinstance(op, Requant):
        return replace(op, shift=tuple((np.array(first.shift) + np.array(op.shift)).tolist()))
    if isinstance(first, Slice) and isinstance(op, Slice):
        return Slice(first.start + op.start, first.start + op.stop)
    return op
