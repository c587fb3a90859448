"""A network of one channel applied to each of several: one set of constants, a state for each channel.

    y[c, ...] = network(x[c])

Every stream gets the channels as its first axis, over which the ops broadcast, so an engine in hardware takes row after
row and its constants stay as they are. The input [1] becomes [N], as recordings have it; an output [U, ...] becomes
[N * U, ...], where unit u of channel c is element c * U + u and its label "c.label".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from edgesort import ops
from edgesort.graph import Graph, GraphError, Node, Op

ROWS = (
    *(ops.Requant, ops.Add, ops.Subtract, ops.Multiply, ops.Slice, ops.Concat, ops.Rectify, ops.HardSigmoid, ops.Table),
    *(ops.Threshold, ops.AdaptiveThreshold, ops.ArgMax, ops.Window, ops.Delay, ops.Upsample, ops.MaxPool),
    *(ops.AveragePool, ops.DepthToTime, ops.Dense, ops.Biquad, ops.NonlinearEnergy, ops.CommonAverage),
    *(ops.CommonMedian, ops.Noise, ops.Delta),
)  # take any axes before the last as they are


def channels(graph: Graph, count: int) -> Graph:
    """The graph for `count` channels; itself for one.

    GraphError if it takes more than one channel itself, or has an op that takes no axis of channels.
    """
    name, stream = graph.input
    if count < 1:
        raise GraphError(f"channels: expected 1 channel or more, found {count}")
    if count == 1:
        return graph
    if stream.shape != (1,):
        raise GraphError(
            f"channels: expected a network of one channel, {name} of shape (1,), found {stream.shape}; leave it"
        )
    _check(graph)
    nodes = [Node(_rows(graph, name), ops.Reshape((count, 1)), (name,))]
    for node in graph.nodes:
        nodes += _flat(graph, node, count) if type(node.op) in FLAT else _each(graph, node, count)
    return replace(
        graph,
        input=(name, replace(stream, shape=(count,))),
        nodes=tuple(nodes),
        labels=tuple(f"{channel}.{label}" for channel in range(count) for label in graph.labels),
        provenance=(*graph.provenance, ("channels", str(count))),
    ).check()


def _check(graph: Graph) -> None:
    known = (*ROWS, *FLAT, ops.Reshape)
    for node in graph.nodes:
        own = "a state in which its elements meet" if isinstance(node.op, ops.Lif) else "one line of elements alone"
        if type(node.op) not in known or (isinstance(node.op, ops.Lif) and node.op.recurrent.size):
            raise GraphError(
                f"channels: node {node.name}: expected an op that takes an axis of channels, found {node.op.kind}, "
                f"which has {own}; compile the network for one channel, or train it on all"
            )


def _rows(graph: Graph, name: str) -> str:
    """The name under which others read a stream, [N, ...]. The input and the outputs keep theirs for the joined one."""
    return f"{name}_channels" if name == graph.input[0] or name in graph.outputs else name


def _each(graph: Graph, node: Node, count: int) -> list[Node]:
    """An op that takes row after row, and the joined rows of an output."""
    y, own = graph.streams[node.name].shape, _rows(graph, node.name)
    op = ops.Reshape((count, *y)) if isinstance(node.op, ops.Reshape) else node.op
    made = replace(node, name=own, op=op, inputs=tuple(_rows(graph, name) for name in node.inputs))
    return [made, *([Node(node.name, ops.Reshape((count * y[0], *y[1:])), (own,))] if own != node.name else [])]


def _flat(graph: Graph, node: Node, count: int) -> list[Node]:
    """An op of one axis, each element by itself: it takes the rows as one line."""
    (x,), (source,) = graph.ins(node), node.inputs
    line = Node(f"{node.name}_line", ops.Reshape((count * x.size,)), (_rows(graph, source),))
    made = replace(node, op=FLAT[type(node.op)](node.op, count), inputs=(line.name,))
    if all(node.name not in other.inputs for other in graph.nodes):
        return [line, made]
    if node.name not in graph.outputs:
        made = replace(made, name=f"{node.name}_flat")
    return [line, made, Node(_rows(graph, node.name), ops.Reshape((count, x.size)), (made.name,))]


def _peak(op: ops.Peak, count: int) -> Op:
    return replace(op, threshold=op.threshold * count)


def _local_peak(op: ops.LocalPeak, count: int) -> Op:
    """Neighbours are within a channel."""
    return replace(op, threshold=op.threshold * count, neighbours=np.kron(np.eye(count, dtype=np.int64), op.neighbours))


def _lif(op: ops.Lif, count: int) -> Op:
    leak, threshold = (each * count if len(each) > 1 else each for each in (op.leak, op.threshold))
    return replace(op, leak=leak, threshold=threshold)


FLAT: Mapping[type[Op], Callable[..., Op]] = MappingProxyType(
    {ops.Peak: _peak, ops.LocalPeak: _local_peak, ops.Lif: _lif}
)
