"""Filters, references, detectors and pickers of peaks."""

from __future__ import annotations

from edgesort.graph import Stream
from edgesort.ops import Biquad, Peak
from edgesort.targets.verilog.cells.cell import Cell, literals


def biquad(op: Biquad, x: Stream, y: Stream, budget: int) -> Cell:
    sections = len(op.sections)
    coefficients = [c for section in op.sections for c in section]
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("Y_BITS", y.dtype.bits),
            ("GUARD", op.guard),
            ("FRACTION", op.fraction),
            ("SECTIONS", sections),
            ("ELEMENTS", x.size),
            ("COEFFICIENTS", literals(coefficients, 16)),
        ),
        x.size * (87 * sections + 2),
    )


def peak(op: Peak, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("X_SIGNED", int(x.dtype.signed)),
            ("Y_BITS", y.dtype.bits),
            ("CHANNELS", x.size),
            ("REACH", op.reach),
            ("REFRACTORY", op.refractory),
            ("THRESHOLDS", literals(op.threshold[::-1], x.dtype.bits)),
        ),
        x.size * (2 * op.reach + 4),
    )
