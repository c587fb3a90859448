"""Remove what changes no value: an idle node, and a Requant, Slice or Reshape that the next one can take over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import AveragePool, DepthToTime, MaxPool, Requant, Reshape, Slice, Upsample, Window


def fold(graph: Graph) -> Graph:
    """Readers of such a node read its input instead. The graph's outputs keep their names."""
    readers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    gone: dict[str, Node] = {}
    kept = []
    for node in graph.nodes:
        now = _without(gone, node)
        x, y = graph.streams[now.inputs[0]], graph.streams[node.name]
        after = [reader.op for reader in readers.get(node.name, [])]
        taken_over = bool(after) and all(_takes_over(op, now.op, x) for op in after)
        if node.name not in graph.outputs and (_is_idle(now.op, x, y) or taken_over):
            gone[node.name] = now
        else:
            kept.append(now)
    return replace(graph, nodes=tuple(kept))


def _without(gone: dict[str, Node], node: Node) -> Node:
    """The node that does what it did with removed nodes before it."""
    op = node.op
    for name in node.inputs:
        if name in gone and type(gone[name].op) is type(op):
            op = _joined(gone[name].op, op)
    inputs = tuple(gone[name].inputs[0] if name in gone else name for name in node.inputs)
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
    return bool((upper & lower & (a + b <= 47)).all())


def _joined(first: Op, op: Op) -> Op:
    """One op for `op` after `first`, both of a kind, where it takes over or `first` is idle."""
    if isinstance(first, Requant) and isinstance(op, Requant):
        return replace(op, shift=tuple((np.array(first.shift) + np.array(op.shift)).tolist()))
    if isinstance(first, Slice) and isinstance(op, Slice):
        return Slice(first.start + op.start, first.start + op.stop)
    return op
