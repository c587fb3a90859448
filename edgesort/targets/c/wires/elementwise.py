"""Ops that take each element, or each line of elements, by itself."""

from __future__ import annotations

import numpy as np

from edgesort.graph import Stream
from edgesort.ops import (
    AdaptiveThreshold,
    Add,
    ArgMax,
    Concat,
    HardSigmoid,
    Multiply,
    Rectify,
    Requant,
    Reshape,
    Slice,
    Subtract,
    Table,
    Threshold,
)
from edgesort.targets.c.wires.wire import Wire, ctype, es_type, size, types


def requant(op: Requant, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("shifts", f"{len(op.shift)}"),
        ("low", f"{y.dtype.min}"),
        ("high", f"{y.dtype.max}"),
        *types(x, y),
        ("shift", "{id}_shift"),
    )
    return Wire((("shift", "uint8_t", np.array(op.shift)),), fields)


def aligned(op: Add | Subtract, x0: Stream, x1: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{y.size}"),
        ("left0", f"{op.left[0]}"),
        ("left1", f"{op.left[1]}"),
        *types(x0, x1, y),
    )
    return Wire((), fields)


def slice(op: Slice, x: Stream, y: Stream) -> Wire:
    width = size(x.dtype)
    fields = (
        ("rows", f"{x.size // x.shape[-1]}"),
        ("row_bytes", f"{x.shape[-1] * width}"),
        ("start_bytes", f"{op.start * width}"),
        ("bytes", f"{y.shape[-1] * width}"),
    )
    return Wire((), fields)


def multiply(op: Multiply, x0: Stream, x1: Stream, y: Stream) -> Wire:
    return Wire((), (("elements", f"{y.size}"), *types(x0, x1, y)))


def concat(op: Concat, x0: Stream, x1: Stream, y: Stream) -> Wire:
    fields = (
        ("rows", f"{y.size // y.shape[-1]}"),
        ("width0", f"{x0.shape[-1]}"),
        ("width1", f"{x1.shape[-1]}"),
        *types(x0, x1, y),
    )
    return Wire((), fields)


def reshape(op: Reshape, x: Stream, y: Stream) -> Wire:
    return Wire((), (("frame_bytes", f"{x.size * size(x.dtype)}"),))


def rectify(op: Rectify, x: Stream, y: Stream) -> Wire:
    return Wire((), (("elements", f"{x.size}"), *types(x, y)))


def hard_sigmoid(op: HardSigmoid, x: Stream, y: Stream) -> Wire:
    return Wire((), (("elements", f"{x.size}"), ("shift", f"{op.shift}"), ("bits", f"{op.bits}"), *types(x, y)))


def table(op: Table, x: Stream, y: Stream) -> Wire:
    fields = (("elements", f"{x.size}"), ("least", f"{x.dtype.min}"), *types(x, y), ("values", "{id}_values"))
    return Wire((("values", ctype(y.dtype), op.values),), fields)


def threshold(op: Threshold, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("levels", f"{len(op.level)}"),
        ("x_type", es_type(x.dtype)),
        ("level", "{id}_level"),
    )
    return Wire((("level", ctype(x.dtype), np.array(op.level)),), fields)


def adaptive_threshold(op: AdaptiveThreshold, x0: Stream, x1: Stream, y: Stream) -> Wire:
    fields = (("elements", f"{y.size}"), ("factor", f"{op.factor}"), ("shift", f"{op.shift}"), *types(x0, x1, y)[:2])
    return Wire((), fields)


def arg_max(op: ArgMax, x: Stream, y: Stream) -> Wire:
    return Wire((), (("rows", f"{y.size}"), ("width", f"{x.shape[-1]}"), *types(x, y)))
