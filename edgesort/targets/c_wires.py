"""What model.c says about each op: the constants, the fields of its params struct and its state.

The one place that knows the params structs of firmware/kernels/es_<kind>.h. A new op is one function here,
named in WIRES, besides its kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Op, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.targets.target import BuildError

State = str | None


@dataclass(frozen=True)
class Wire:
    """How a node appears in model.c.

    tables: (suffix, C type, values) of each constant array. fields: of the params struct, in its order;
    {id} is the node's identifier. state: declaration of the node's state in model_state; "" if it has none.
    """

    tables: tuple[tuple[str, str, Array], ...]
    fields: tuple[tuple[str, str], ...]
    state: str = ""


def ctype(dtype: Int) -> str:
    """The C type of a stream's elements."""
    return f"{dtype.container}_t"


def es_type(dtype: Int) -> str:
    return f"ES_{dtype.container}".upper()


def size(dtype: Int) -> int:
    """Bytes of an element."""
    return dtype.container.itemsize


def _signed(values: Array, what: str) -> Int:
    """The type of constants: the narrowest signed container."""
    low, high = min(0, int(values.min())), max(0, int(values.max()))
    bits = Int.holding(min(low, -1), high).bits
    if bits > 32:
        raise BuildError(f"expected {what} of 32 bits signed, found {low} to {high}")
    return Int(bits)


def _types(x: Stream, y: Stream) -> tuple[tuple[str, str], ...]:
    return ("x_type", es_type(x.dtype)), ("y_type", es_type(y.dtype))


def _biquad(op: Biquad, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("sections", f"{len(op.sections)}"),
        ("guard", f"{op.guard}"),
        ("fraction", f"{op.fraction}"),
        ("low", f"{y.dtype.min}"),
        ("high", f"{y.dtype.max}"),
        *_types(x, y),
        ("coefficients", "{id}_sections[0]"),
    )
    return Wire(
        (("sections", "int16_t", np.array(op.sections)),), fields, f"int32_t {{id}}[{4 * x.size * len(op.sections)}]"
    )


def _requant(op: Requant, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("shifts", f"{len(op.shift)}"),
        ("low", f"{y.dtype.min}"),
        ("high", f"{y.dtype.max}"),
        *_types(x, y),
        ("shift", "{id}_shift"),
    )
    return Wire((("shift", "uint8_t", np.array(op.shift)),), fields)


def _window(op: Window, x: Stream, y: Stream) -> Wire:
    fields = (
        ("kernel", f"{op.kernel}"),
        ("dilation", f"{op.dilation}"),
        ("stride", f"{op.stride}"),
        ("rows", f"{x.size // x.shape[-1]}"),
        ("row_bytes", f"{x.shape[-1] * size(x.dtype)}"),
    )
    ring = f"{ctype(x.dtype)} ring[{op.span() + 1}][{x.size}];"
    return Wire((), fields, f"struct {{{{ es_window_state line; {ring} }}}} {{id}}")


def _dense(op: Dense, x: Stream, y: Stream) -> Wire:
    weight = np.asarray(op.weight, np.int64)
    dtype = _signed(weight, "weights")
    _signed(np.asarray(op.bias), "biases")
    fields = (
        ("rows", f"{x.size // x.shape[-1]}"),
        ("groups", f"{op.groups}"),
        ("outputs", f"{weight.shape[0] // op.groups}"),
        ("inputs", f"{weight.shape[1]}"),
        *_types(x, y),
        ("weight_type", es_type(dtype)),
        ("weight", "{id}_weight"),
        ("bias", "{id}_bias"),
    )
    return Wire((("weight", ctype(dtype), weight), ("bias", "int32_t", np.asarray(op.bias))), fields)


def _peak(op: Peak, x: Stream, y: Stream) -> Wire:
    fields = (
        ("elements", f"{x.size}"),
        ("reach", f"{op.reach}"),
        ("refractory", f"{op.refractory}"),
        *_types(x, y),
        ("threshold", "{id}_threshold"),
    )
    ring = f"{ctype(x.dtype)} ring[{2 * op.reach + 1}][{x.size}];"
    state = f"struct {{{{ es_peak_state line; uint32_t wait[{x.size}]; {ring} }}}} {{id}}"
    return Wire((("threshold", "uint32_t", np.array(op.threshold)),), fields, state)


WIRES: Mapping[type[Op], Callable[..., Wire]] = MappingProxyType(
    {Biquad: _biquad, Requant: _requant, Window: _window, Dense: _dense, Peak: _peak}
)


def wire(op: Op, *streams: Stream) -> Wire:
    """The wire of an op between its input streams and its output stream (the last one)."""
    function: Callable[..., Any] | None = WIRES.get(type(op))
    if function is None:
        raise BuildError(f"expected an op that this target takes, found {op.kind}")
    result: Wire = function(op, *streams)
    return result
