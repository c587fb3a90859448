"""Ops that take each element, or each line of elements, by itself."""

from __future__ import annotations

import numpy as np

from edgesort.graph import Stream
from edgesort.ops import Add, Requant, Slice
from edgesort.targets.c.wires.wire import Wire, size, types, types2


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


def add(op: Add, x0: Stream, x1: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{y.size}"),
        ("left0", f"{op.left[0]}"),
        ("left1", f"{op.left[1]}"),
        *types2(x0, x1, y),
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
