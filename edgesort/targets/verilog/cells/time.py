"""Ops that hold frames back, skip them or repeat them."""

from __future__ import annotations

from math import prod

from edgesort.graph import Stream
from edgesort.ops import AveragePool, Delay, DepthToTime, MaxPool, Upsample, Window
from edgesort.targets.verilog.cells.cell import Cell, typed


def window(op: Window, x: Stream, y: Stream) -> Cell:
    return Cell(
        (
            ("BITS", x.dtype.bits),
            ("LINES", prod(x.shape[:-1])),
            ("CHANNELS", x.shape[-1]),
            ("KERNEL", op.kernel),
            ("DILATION", op.dilation),
            ("STRIDE", op.stride),
        ),
        x.size + -(-y.size // op.stride),
        latency=y.shape[-1] + 2,
    )


def delay(op: Delay, x: Stream, y: Stream) -> Cell:
    return Cell((("BITS", x.dtype.bits), ("ELEMENTS", op.frames * x.size)), x.size)


def upsample(op: Upsample, x: Stream, y: Stream) -> Cell:
    return Cell(
        (("BITS", x.dtype.bits), ("SIZE", x.size), ("FACTOR", op.factor)),
        x.size * (1 + op.factor),
    )


def depth_to_time(op: DepthToTime, x: Stream, y: Stream) -> Cell:
    return Cell(
        (("BITS", x.dtype.bits), ("LINES", prod(y.shape[:-1])), ("CHANNELS", y.shape[-1]), ("FACTOR", op.factor)),
        x.size * (1 + op.factor),
    )


def max_pool(op: MaxPool, x: Stream, y: Stream) -> Cell:
    return Cell(
        (("BITS", x.dtype.bits), ("SIGNED", int(x.dtype.signed)), *pool(op, x)),
        x.size + -(-op.kernel * y.size // op.stride),
        latency=op.kernel + 2,
    )


def average_pool(op: AveragePool, x: Stream, y: Stream) -> Cell:
    return Cell((*typed("X", x), ("Y_BITS", y.dtype.bits), *pool(op, x)), x.size)


def pool(op: MaxPool | AveragePool, x: Stream) -> tuple[tuple[str, int], ...]:
    return ("SIZE", x.size), ("KERNEL", op.kernel), ("STRIDE", op.stride)
