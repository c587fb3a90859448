"""Ops that take each element, or each line of elements, by itself."""

from __future__ import annotations

from edgesort.graph import Stream
from edgesort.ops import Add, Requant, Slice
from edgesort.targets.verilog.cells.cell import Cell, literals


def requant(op: Requant, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("X_SIGNED", int(x.dtype.signed)),
            ("Y_BITS", y.dtype.bits),
            ("Y_SIGNED", int(y.dtype.signed)),
            ("COUNT", len(op.shift)),
            ("SHIFTS", literals(op.shift[::-1], 6)),
        ),
        x.size,
    )


def add(op: Add, x0: Stream, x1: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (
            ("X0_BITS", x0.dtype.bits),
            ("X0_SIGNED", int(x0.dtype.signed)),
            ("X1_BITS", x1.dtype.bits),
            ("X1_SIGNED", int(x1.dtype.signed)),
            ("Y_BITS", y.dtype.bits),
            ("LEFT0", op.left[0]),
            ("LEFT1", op.left[1]),
        ),
        y.size,
    )


def slice(op: Slice, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (("BITS", x.dtype.bits), ("CHANNELS", x.shape[-1]), ("START", op.start), ("STOP", op.stop)),
        x.size,
    )
