"""Range analysis: what each stream's elements can be, from the constants' values and the input's range.

A rule says how an op maps ranges; an op without one gives its type's range, which is always right. Ranges are kept for
each element of the last axis, over all axes before it and over all time, the zeros of an initial state included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from edgesort import ops
from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Op, Stream


@dataclass(frozen=True)
class Range:
    """The least and the greatest value of each element of the last axis: int64 [C]."""

    low: Array
    high: Array

    @staticmethod
    def of(stream: Stream) -> Range:
        """All values of the stream's type."""
        width = stream.shape[-1]
        return Range(np.full(width, stream.dtype.min), np.full(width, stream.dtype.max))

    def holding(self, exponent: int) -> Int:
        """The narrowest type of all elements."""
        return Int.holding(int(self.low.min()), int(self.high.max()), exponent)

    def or_zero(self) -> Range:
        """Also the zeros before the first frame."""
        return Range(np.minimum(self.low, 0), np.maximum(self.high, 0))

    def uniform(self, width: int) -> Range:
        """What all elements can be, for each of `width`."""
        return Range(np.full(width, self.low.min()), np.full(width, self.high.max()))


def ranges(graph: Graph) -> dict[str, Range]:
    """The range of every stream."""
    found = {graph.input[0]: Range.of(graph.input[1])}
    for node in graph.nodes:
        found[node.name] = forward(node.op, graph.streams[node.name], *(found[name] for name in node.inputs))
    return found


def forward(op: Op, y: Stream, *x: Range) -> Range:
    """The range of an op's output y for these ranges of its inputs."""
    whole = Range.of(y)
    if type(op) not in RULES:
        return whole
    made = RULES[type(op)](op, *x)
    if made.low.shape != whole.low.shape:
        made = made.uniform(y.shape[-1])
    return Range(np.maximum(made.low, whole.low), np.minimum(made.high, whole.high))


def _requant(op: ops.Requant, x: Range) -> Range:
    shift = np.array(op.shift)
    low, high = (np.clip(bound >> shift, op.dtype.min, op.dtype.max) for bound in (x.low, x.high))
    return Range(low, high)


def _dense(op: ops.Dense, x: Range) -> Range:
    """Each output's own sum. Sums on the way to it may leave the range: the accumulators wrap and come back."""
    weight = op.weight.astype(np.int64).reshape(op.groups, -1, op.weight.shape[1])
    low, high = (bound.reshape(op.groups, 1, -1) for bound in (x.low, x.high))
    least = np.where(weight > 0, weight * low, weight * high).sum(-1).ravel() + op.bias
    most = np.where(weight > 0, weight * high, weight * low).sum(-1).ravel() + op.bias
    return Range(least, most)


def _add(op: ops.Add, x0: Range, x1: Range) -> Range:
    s0, s1 = op.left
    return Range((x0.low << s0) + (x1.low << s1), (x0.high << s0) + (x1.high << s1))


def _subtract(op: ops.Subtract, x0: Range, x1: Range) -> Range:
    s0, s1 = op.left
    return Range((x0.low << s0) - (x1.high << s1), (x0.high << s0) - (x1.low << s1))


def _multiply(op: ops.Multiply, x0: Range, x1: Range) -> Range:
    products = np.stack([a * b for a in (x0.low, x0.high) for b in (x1.low, x1.high)])
    return Range(products.min(0), products.max(0))


def _rectify(op: ops.Rectify, x: Range) -> Range:
    return Range(np.maximum(np.maximum(x.low, -x.high), 0), np.maximum(-x.low, x.high))


def _concat(op: ops.Concat, x0: Range, x1: Range) -> Range:
    return Range(np.concatenate([x0.low, x1.low]), np.concatenate([x0.high, x1.high]))


def _slice(op: ops.Slice, x: Range) -> Range:
    return Range(x.low[op.start : op.stop], x.high[op.start : op.stop])


def _window(op: ops.Window, x: Range) -> Range:
    before, past = x.or_zero(), op.kernel - 1
    low = np.concatenate([np.tile(before.low, past), x.low])
    return Range(low, np.concatenate([np.tile(before.high, past), x.high]))


def _max_pool(op: ops.MaxPool, x: Range) -> Range:
    """At least the newest frame's value, whatever the zeros before the first one are."""
    return Range(x.low, x.or_zero().high if op.kernel > 1 else x.high)


def _average_pool(op: ops.AveragePool, x: Range) -> Range:
    before, past = x.or_zero(), op.kernel - 1
    return Range(before.low * past + x.low, before.high * past + x.high)


def _depth_to_time(op: ops.DepthToTime, x: Range) -> Range:
    past = x.or_zero()
    return Range(past.low.reshape(op.factor, -1).min(0), past.high.reshape(op.factor, -1).max(0))


def _held(op: Op, x: Range) -> Range:
    """Values of x, or zeros."""
    return x.or_zero()


def _same(op: Op, x: Range) -> Range:
    return x


def _common_median(op: ops.CommonMedian, x: Range) -> Range:
    return Range(x.low - x.high.max(), x.high - x.low.min())


def _table(op: ops.Table, x: Range) -> Range:
    values = np.asarray(op.values)
    return Range(np.full(x.low.shape, values.min()), np.full(x.low.shape, values.max()))


RULES: Mapping[type[Op], Callable[..., Range]] = MappingProxyType(
    {
        ops.Requant: _requant,
        ops.Dense: _dense,
        ops.Add: _add,
        ops.Subtract: _subtract,
        ops.Multiply: _multiply,
        ops.Rectify: _rectify,
        ops.Concat: _concat,
        ops.Slice: _slice,
        ops.Reshape: _same,
        ops.Window: _window,
        ops.Delay: _held,
        ops.Upsample: _held,
        ops.MaxPool: _max_pool,
        ops.AveragePool: _average_pool,
        ops.DepthToTime: _depth_to_time,
        ops.Peak: _held,
        ops.LocalPeak: _held,
        ops.CommonMedian: _common_median,
        ops.Table: _table,
    }
)
