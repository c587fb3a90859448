"""Ops with weights."""

from __future__ import annotations

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.ops import Attention, Dense, Gru, Lif, StateSpace
from edgesort.targets.c.wires.wire import Wire, ctype, es_type, signed, size, types


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


def state_space(op: StateSpace, x: Stream, y: Stream) -> Wire:
    fields = (
        ("states", f"{y.size}"),
        ("inputs", f"{x.size}"),
        ("fraction", f"{op.fraction}"),
        ("low", f"{y.dtype.min}"),
        ("high", f"{y.dtype.max}"),
        *types(x, y),
        ("coefficients", "{id}_coefficients[0]"),
    )
    return Wire((("coefficients", "int16_t", op.weight),), fields, f"int32_t {{id}}[{y.size}]")


def lif(op: Lif, x: Stream, y: Stream) -> Wire:
    weight = np.asarray(op.recurrent, np.int64)
    dtype = signed(weight if weight.size else np.zeros(1), "recurrent weights")
    membrane = Int(op.bits)
    fields = (
        ("elements", f"{x.size}"),
        ("refractory", f"{op.refractory}"),
        ("low", f"{membrane.min}"),
        ("high", f"{membrane.max}"),
        ("x_type", es_type(x.dtype)),
        ("recurrent_type", es_type(dtype)),
        ("leak", "{id}_leak"),
        ("threshold", "{id}_threshold"),
        ("recurrent", "{id}_recurrent" if weight.size else "NULL"),
    )
    leak, threshold = (np.broadcast_to(values, x.shape) for values in (op.leak, op.threshold))
    tables = [("leak", "uint8_t", leak), ("threshold", "int32_t", threshold)]
    if weight.size:
        tables.append(("recurrent", ctype(dtype), weight))
    past = f" uint32_t count; uint16_t spiked[{x.size}];" if weight.size else ""
    state = f"int32_t u[{x.size}]; uint32_t wait[{x.size}];{past}"
    return Wire(tuple(tables), fields, f"struct {{{{ {state} }}}} {{id}}")


def gru(op: Gru, x: Stream, y: Stream) -> Wire:
    weight_x, weight_h = np.asarray(op.weight_x, np.int64), np.asarray(op.weight_h, np.int64)
    x_dtype, h_dtype = signed(weight_x, "weights"), signed(weight_h, "weights")
    fields = (
        ("inputs", f"{x.size}"),
        ("units", f"{op.units}"),
        ("shift", f"{op.shift}"),
        ("shift_n", f"{op.shift_n}"),
        ("gate_bits", f"{op.gate_bits}"),
        ("high", f"{y.dtype.max}"),
        *types(x, y),
        ("weight_x_type", es_type(x_dtype)),
        ("weight_h_type", es_type(h_dtype)),
        ("weight_x", "{id}_weight_x[0]"),
        ("weight_h", "{id}_weight_h[0]"),
        ("bias", "{id}_bias[0]"),
    )
    tables = (
        ("weight_x", ctype(x_dtype), _by_unit(op, weight_x)),
        ("weight_h", ctype(h_dtype), _by_unit(op, weight_h)),
        ("bias", "int32_t", np.stack([*np.reshape(op.bias, (3, -1)), op.bias_n], axis=1)),
    )
    return Wire(tables, fields, f"{ctype(y.dtype)} {{id}}[{op.units}]")


def _by_unit(op: Gru, weight: Array) -> Array:
    """The rows r, z, n of a GRU's weights as one row a unit, in which the three of each input lie side by side."""
    return weight.reshape(3, op.units, -1).transpose(1, 2, 0).reshape(op.units, -1)


def attention(op: Attention, q: Stream, k: Stream, v: Stream, y: Stream) -> Wire:
    fields = (
        ("window", f"{op.window}"),
        ("inputs", f"{q.size}"),
        ("outputs", f"{v.size}"),
        *((f"{name}_type", es_type(stream.dtype)) for name, stream in (("x0", q), ("x1", k), ("x2", v), ("y", y))),
    )
    keys = -(-op.window * k.size * size(k.dtype) // 4) * 4 // size(k.dtype)
    rings = f"{ctype(k.dtype)} keys[{keys}]; {ctype(v.dtype)} values[{op.window * v.size}];"
    return Wire((), fields, f"struct {{{{ es_attention_state line; uint32_t score[{op.window}]; {rings} }}}} {{id}}")
