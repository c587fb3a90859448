"""Filters, references, detectors and pickers of peaks."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Biquad, CommonAverage, CommonMedian, Delta, LocalPeak, Noise, NonlinearEnergy, Peak
from edgesort.ops.common_average import reciprocal
from edgesort.targets.verilog.cells.cell import Cell, Rom, literals, once, typed


def biquad(op: Biquad, x: Stream, y: Stream) -> Iterator[Cell]:
    """The more digits of the coefficients a cycle, the faster."""
    sections = len(op.sections)
    coefficients = [c for section in op.sections for c in section]
    for planes in (9, 5, 3, 2, 1):
        section = 5 * planes + 2
        yield Cell(
            (
                ("X_BITS", x.dtype.bits),
                ("Y_BITS", y.dtype.bits),
                ("GUARD", op.guard),
                ("FRACTION", op.fraction),
                ("SECTIONS", sections),
                ("ELEMENTS", x.size),
                ("DIGITS", ceil(9 / planes)),
                ("COEFFICIENTS", literals(coefficients, 16)),
            ),
            x.size * (section * sections + 2),
            latency=section * sections + 1,
        )


def peak(op: Peak, x: Stream, y: Stream) -> Cell:
    thresholds = once(op.threshold)
    return Cell(
        (
            *typed("X", x),
            ("Y_BITS", y.dtype.bits),
            ("CHANNELS", x.size),
            ("REACH", op.reach),
            ("REFRACTORY", op.refractory),
            ("COUNT", len(thresholds)),
            ("THRESHOLDS", literals(thresholds[::-1], x.dtype.bits)),
        ),
        x.size * (2 * op.reach + 4),
        latency=2 * op.reach + 4,
    )


def local_peak(op: LocalPeak, x: Stream, y: Stream) -> Cell:
    """The list says for each channel: itself, then its neighbours; the last word of a channel is marked."""
    bits = max(1, (x.size - 1).bit_length())
    lists = [[i, *map(int, np.flatnonzero(row))] for i, row in enumerate(op.neighbours)]
    near = tuple((k == len(one) - 1) << bits | j for one in lists for k, j in enumerate(one))
    alone = peak(op.alone, x, y)
    return Cell(
        (*alone.parameters, ("NEAR", len(near))),
        alone.cycles + len(near) + 3,
        (Rom("NEAR_FILE", 1 + bits, near),),
    )


def nonlinear_energy(op: NonlinearEnergy, x: Stream, y: Stream) -> Cell:
    return Cell((*typed("X", x), ("Y_BITS", y.dtype.bits), ("SIZE", x.size)), 4 * x.size, latency=5)


def common_average(op: CommonAverage, x: Stream, y: Stream) -> Cell:
    channels = x.shape[-1]
    ends = [end * channels * reciprocal(channels) for end in (x.dtype.min, x.dtype.max)]
    return Cell(
        (
            *typed("X", x),
            ("SUM_BITS", Int.holding(min(ends[0], -1), ends[1]).bits),
            ("Y_BITS", y.dtype.bits),
            ("CHANNELS", channels),
        ),
        x.size // channels * (2 * channels + 1),
    )


def common_median(op: CommonMedian, x: Stream, y: Stream) -> Cell:
    channels = x.shape[-1]
    return Cell(
        (
            *typed("X", x),
            ("Y_BITS", y.dtype.bits),
            ("CHANNELS", channels),
        ),
        x.size // channels * ((x.dtype.bits + 2) * channels + 2),
    )


def noise(op: Noise, x: Stream, y: Stream) -> Cell:
    bits = y.dtype.bits + op.shift
    return Cell(
        (
            *typed("X", x),
            ("Y_BITS", y.dtype.bits),
            ("SIZE", x.size),
            ("SHIFT", op.shift),
            ("RISE", literals((op.rise,), bits)),
            (
                "FALL",
                literals((min(op.fall, Int(bits, False).max),), bits),
            ),  # more than u's greatest falls to 0 as well
        ),
        2 * x.size,
    )


def delta(op: Delta, x: Stream, y: Stream) -> Cell:
    channels = x.shape[-1]
    thresholds = op.threshold * (channels // len(op.threshold))
    return Cell(
        (
            *typed("X", x),
            ("LINES", x.size // channels),
            ("CHANNELS", channels),
            ("THRESHOLDS", literals(thresholds[::-1], x.dtype.bits)),
        ),
        3 * x.size,
    )
