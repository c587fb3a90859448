from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream
from edgesort.ops.stateless import Stateless

MOST_BITS = 12


@dataclass(frozen=True, eq=False)
class Table(Stateless):
    """y = values[x - x.min]

    Any function of one small integer: sigmoid, tanh, a logarithm. values: one for each of x's 2^bits values,
    from the least on. dtype: the output's type, which holds every entry. Shapes: any, elementwise.
    Types: x of 12 bits at most, signed or unsigned. State: none. Latency: 0 frames.
    Corner cases: the first and the last entry, the sign of x and of the entries, one bit.
    Source: the exact form of an activation between two quantizers, as in FINN's thresholding.
    """

    values: Array
    dtype: Int

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if x.dtype.bits > MOST_BITS:
            raise GraphError(f"expected an input of {MOST_BITS} bits at most, found {x.dtype}; requantize before")
        if self.values.shape != (1 << x.dtype.bits,):
            raise GraphError(f"expected {1 << x.dtype.bits} values for an {x.dtype}, found {self.values.shape}")
        low, high = int(self.values.min()), int(self.values.max())
        if self.dtype.bits > 32 or not self.dtype.holds(low, high):
            raise GraphError(f"expected values in {self.dtype}, 32 bits at most, found {low} to {high}")
        return Stream(x.shape, self.dtype, x.period)

    def apply(self, *frames: Array) -> Array:
        """Frames come in their type's container, so it says whether half of the values are negative."""
        (x,) = frames
        least = -(len(self.values) // 2) if x.dtype.kind == "i" else 0
        return np.asarray(self.values, np.int64)[x.astype(np.int64) - least]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        rng = np.random.default_rng(11)

        def make(bits: int, dtype: Int) -> Table:
            values = rng.integers(dtype.min, dtype.max + 1, 1 << bits)
            values[0], values[-1] = dtype.max, dtype.min
            return cls(values, dtype)

        return [
            (make(8, Int(8)), (Stream((3,), Int(8)),)),
            (make(4, Int(12, False)), (Stream((2, 2), Int(4, False)),)),
            (make(12, Int(9)), (Stream((2,), Int(12)),)),
            (make(1, Int(4)), (Stream((2,), Int(1), period=2),)),
            (make(3, Int(31, False)), (Stream((1,), Int(3)),)),
        ]
