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
from edgesort.targets.verilog.cells.cell import Cell, Rom, literals, typed, words


def requant(op: Requant, x: Stream, y: Stream) -> Cell:
    shifts = literals(op.shift[::-1], 6)
    return Cell((*typed("X", x), *typed("Y", y), ("COUNT", len(op.shift)), ("SHIFTS", shifts)), x.size)


def aligned(op: Add | Subtract, x0: Stream, x1: Stream, y: Stream) -> Cell:
    left0, left1 = op.left
    parameters = (*typed("X0", x0), *typed("X1", x1), ("Y_BITS", y.dtype.bits), ("LEFT0", left0), ("LEFT1", left1))
    return Cell(parameters, y.size)


def slice(op: Slice, x: Stream, y: Stream) -> Cell:
    return Cell(
        (("BITS", x.dtype.bits), ("CHANNELS", x.shape[-1]), ("START", op.start), ("STOP", op.stop)),
        x.size,
    )


def multiply(op: Multiply, x0: Stream, x1: Stream, y: Stream) -> Cell:
    return Cell((*typed("X0", x0), *typed("X1", x1), ("Y_BITS", y.dtype.bits)), y.size)


def concat(op: Concat, x0: Stream, x1: Stream, y: Stream) -> Cell:
    widths = (("CHANNELS0", x0.shape[-1]), ("CHANNELS1", x1.shape[-1]))
    return Cell((*typed("X0", x0), *typed("X1", x1), ("Y_BITS", y.dtype.bits), *widths), y.size)


def reshape(op: Reshape, x: Stream, y: Stream) -> Cell:
    return Cell((("BITS", x.dtype.bits),), x.size)


def rectify(op: Rectify, x: Stream, y: Stream) -> Cell:
    return Cell((("BITS", x.dtype.bits), ("SIGNED", int(x.dtype.signed))), x.size)


def hard_sigmoid(op: HardSigmoid, x: Stream, y: Stream) -> Cell:
    return Cell((*typed("X", x), ("Y_BITS", y.dtype.bits), ("SHIFT", op.shift)), x.size)


def table(op: Table, x: Stream, y: Stream) -> Cell:
    """The ROM's address is x's code, so the values of a signed x from 0 on come first."""
    by_code = np.roll(op.values, x.dtype.min)
    values = Rom("VALUES_FILE", y.dtype.bits, words(by_code[:, None], y.dtype.bits))
    return Cell((("X_BITS", x.dtype.bits), ("Y_BITS", y.dtype.bits)), x.size, (values,))


def threshold(op: Threshold, x: Stream, y: Stream) -> Cell:
    levels = literals(op.level[::-1], x.dtype.bits)
    return Cell((*typed("X", x), ("COUNT", len(op.level)), ("LEVELS", levels)), x.size)


def adaptive_threshold(op: AdaptiveThreshold, x0: Stream, x1: Stream, y: Stream) -> Cell:
    return Cell((*typed("X0", x0), *typed("X1", x1), ("FACTOR", op.factor), ("SHIFT", op.shift)), y.size)


def arg_max(op: ArgMax, x: Stream, y: Stream) -> Cell:
    return Cell((*typed("X", x), ("CHANNELS", x.shape[-1])), x.size)
