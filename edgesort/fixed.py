"""The one arithmetic rule: integers with a power-of-two scale, and the only rounding code.

    value = q * 2^exponent                 a tensor is integers q; the zero point is 0
    requant(q) = saturate(q >> shift)      arithmetic shift, so rounding is floor everywhere

The exponent is an annotation: arithmetic never reads it. The same two lines stand in C
(`firmware/kernels/es_fixed.h`) and in Verilog (`hw/cells/es_requant.v`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Int:
    """The type of a tensor: `bits` bits, two's complement if `signed`, scale 2^exponent."""

    bits: int
    signed: bool = True
    exponent: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= 48:
            raise ValueError(f"Int: expected 1 to 48 bits, found {self.bits}")

    @property
    def min(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def max(self) -> int:
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    @property
    def container(self) -> np.dtype[Any]:
        """The narrowest numpy (and C) integer type that holds this one."""
        for size in (8, 16, 32, 64):
            if self.bits <= size:
                return np.dtype(f"{'int' if self.signed else 'uint'}{size}")
        raise AssertionError("unreachable: __post_init__ bounds bits")

    def holds(self, low: int, high: int) -> bool:
        """True if every integer in [low, high] is a value of this type."""
        return self.min <= low and high <= self.max

    @staticmethod
    def holding(low: int, high: int, exponent: int = 0) -> Int:
        """The narrowest type that holds [low, high]; unsigned if low is not negative."""
        if low >= 0:
            return Int(max(1, high.bit_length()), False, exponent)
        return Int(1 + max((-low - 1).bit_length(), max(high, 0).bit_length()), True, exponent)

    def __str__(self) -> str:
        scale = f"*2^{self.exponent}" if self.exponent else ""
        return f"{'i' if self.signed else 'u'}{self.bits}{scale}"


def saturate(x: Array, dtype: Int) -> Array:
    """Clip integers to the range of `dtype`; returned in its container."""
    own = np.iinfo(x.dtype)
    return np.clip(x, max(dtype.min, own.min), min(dtype.max, own.max)).astype(dtype.container)


def requant(x: Array, shift: int | Array, dtype: Int) -> Array:
    """saturate(x >> shift): floor rounding. `shift` is 0 or more, one for all or one per last-axis element."""
    return saturate(x >> np.asarray(shift, x.dtype), dtype)
