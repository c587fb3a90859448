"""Filters, references, detectors and pickers of peaks."""

from __future__ import annotations

import numpy as np

from edgesort.graph import Stream
from edgesort.ops import Biquad, Peak
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
