"""How a node appears in model.c, and the words that the wires share."""

from __future__ import annotations

from dataclasses import dataclass

from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.targets.target import BuildError


@dataclass(frozen=True)
class Wire:
    """How a node appears in model.c.

    tables: (suffix, C type, values) of each constant array. fields: of the params struct, in its order;
    {id} is the node's identifier. state: declaration of the node's state in model_state; "" if it has none.
    uses: kinds of the further kernels that this one calls, or headers es_<use>.h of its own.
    """

    tables: tuple[tuple[str, str, Array], ...]
    fields: tuple[tuple[str, str], ...]
    state: str = ""
    uses: tuple[str, ...] = ()


def ctype(dtype: Int) -> str:
    """The C type of a stream's elements."""
    return f"{dtype.container}_t"


def es_type(dtype: Int) -> str:
    return f"ES_{dtype.container}".upper()


def size(dtype: Int) -> int:
    """Bytes of an element."""
    return dtype.container.itemsize


def signed(values: Array, what: str) -> Int:
    """The type of constants: the narrowest signed container."""
    low, high = min(0, int(values.min())), max(0, int(values.max()))
    bits = Int.holding(min(low, -1), high).bits
    if bits > 32:
        raise BuildError(f"expected {what} of 32 bits signed, found {low} to {high}")
    return Int(bits)


def types(*streams: Stream) -> tuple[tuple[str, str], ...]:
    """Fields x_type, or x0_type, x1_type, ... of several inputs, and y_type of the last stream."""
    *inputs, y = streams
    names = ["x"] if len(inputs) == 1 else [f"x{k}" for k in range(len(inputs))]
    return tuple((f"{name}_type", es_type(s.dtype)) for name, s in zip([*names, "y"], [*inputs, y], strict=True))
