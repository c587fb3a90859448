"""Ops with weights."""

from __future__ import annotations

import numpy as np

from edgesort.graph import Stream
from edgesort.ops import Dense
from edgesort.targets.c.wires.wire import Wire, ctype, es_type, signed, types


def dense(op: Dense, x: Stream, y: Stream) -> Wire:
    weight = np.asarray(op.weight, np.int64)
    dtype = signed(weight, "weights")
    signed(np.asarray(op.bias), "biases")
    fields = (
        ("rows", f"{x.size // x.shape[-1]}"),
        ("groups", f"{op.groups}"),
        ("outputs", f"{weight.shape[0] // op.groups}"),
        ("inputs", f"{weight.shape[1]}"),
        *types(x, y),
        ("weight_type", es_type(dtype)),
        ("weight", "{id}_weight"),
        ("bias", "{id}_bias"),
    )
    return Wire((("weight", ctype(dtype), weight), ("bias", "int32_t", np.asarray(op.bias))), fields)
