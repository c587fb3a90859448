"""Ops that hold frames back, skip them or repeat them."""

from __future__ import annotations

from math import prod

from edgesort.graph import Stream
from edgesort.ops import Delay, Upsample, Window
from edgesort.targets.verilog.cells.cell import Cell


def window(op: Window, x: Stream, y: Stream, budget: int) -> Cell:
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
    )


def delay(op: Delay, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell((("BITS", x.dtype.bits), ("ELEMENTS", op.frames * x.size)), x.size)


def upsample(op: Upsample, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (("BITS", x.dtype.bits), ("SIZE", x.size), ("FACTOR", op.factor)),
        x.size * (1 + op.factor),
    )
