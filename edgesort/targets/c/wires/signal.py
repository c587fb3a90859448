"""Filters, references, detectors and pickers of peaks."""

from __future__ import annotations

import numpy as np

from edgesort.graph import Stream
from edgesort.ops import Biquad, CommonAverage, CommonMedian, Delta, LocalPeak, Noise, NonlinearEnergy, Peak
from edgesort.ops.common_average import reciprocal
from edgesort.targets.c.wires.wire import Wire, ctype, types


def biquad(op: Biquad, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("sections", f"{len(op.sections)}"),
        ("guard", f"{op.guard}"),
        ("fraction", f"{op.fraction}"),
        ("low", f"{y.dtype.min}"),
        ("high", f"{y.dtype.max}"),
        *types(x, y),
        ("coefficients", "{id}_sections[0]"),
    )
    return Wire(
        (("sections", "int16_t", np.array(op.sections)),), fields, f"int32_t {{id}}[{4 * x.size * len(op.sections)}]"
    )


def peak(op: Peak, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("reach", f"{op.reach}"),
        ("refractory", f"{op.refractory}"),
        *types(x, y),
        ("threshold", "{id}_threshold"),
    )
    ring = f"{ctype(x.dtype)} ring[{2 * op.reach + 1}][{x.size}];"
    state = f"struct {{{{ es_peak_state line; uint32_t wait[{x.size}]; {ring} }}}} {{id}}"
    return Wire((("threshold", "uint32_t", np.array(op.threshold)),), fields, state)


def local_peak(op: LocalPeak, x: Stream, y: Stream) -> Wire:
    alone = peak(op.alone, x, y)
    nested = ", ".join(f".{name} = {value}" for name, value in alone.fields)
    fields = (("alone", f"{{{{{nested}}}}}"), ("neighbours", "{id}_neighbours[0]"))
    return Wire((*alone.tables, ("neighbours", "uint8_t", op.neighbours)), fields, alone.state, uses=("peak",))


def nonlinear_energy(op: NonlinearEnergy, x: Stream, y: Stream) -> Wire:
    return Wire((), (("elements", f"{x.size}"), *types(x, y)), f"{ctype(x.dtype)} {{id}}[2][{x.size}]")


def common_average(op: CommonAverage, x: Stream, y: Stream) -> Wire:
    return Wire((), (*lines(x), ("reciprocal", f"{reciprocal(x.shape[-1])}"), *types(x, y)))


def common_median(op: CommonMedian, x: Stream, y: Stream) -> Wire:
    return Wire((), (*lines(x), *types(x, y)))


def noise(op: Noise, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("rise", f"{op.rise}u"),
        ("fall", f"{op.fall}u"),
        ("shift", f"{op.shift}"),
        *types(x, y),
    )
    return Wire((), fields, f"uint32_t {{id}}[{x.size}]")


def delta(op: Delta, x: Stream, y: Stream) -> Wire:
    threshold = np.broadcast_to(np.array(op.threshold), x.shape[-1:])
    fields = (*lines(x), *types(x, y), ("threshold", "{id}_threshold"))
    return Wire((("threshold", "uint32_t", threshold),), fields, f"{ctype(x.dtype)} {{id}}[{x.size}]")


def lines(x: Stream) -> tuple[tuple[str, str], ...]:
    return ("rows", f"{x.size // x.shape[-1]}"), ("channels", f"{x.shape[-1]}")
