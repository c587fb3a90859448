from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int, saturate
from edgesort.graph import GraphError, Op, Stream
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class HardSigmoid(Stateless):
    """y = saturate((x >> shift) + 2^(bits-1))

    A gate between 0 and 1: with shift = 2 - bits - x.exponent it is clip(v/4 + 1/2, 0, 1) on the output's
    grid, rounded to floor. Its greatest value is 1 - 2^-bits. Shapes: any, elementwise.
    Types: any -> unsigned of `bits` bits, exponent -bits. State: none. Latency: 0 frames.
    Corner cases: both bounds, negative values that floor away from 0, one bit, shifts beyond x's bits.
    Source: Courbariaux et al. 2015 (BinaryConnect), with the slope 1/4 of the sigmoid's tangent.
    """

    shift: int
    bits: int

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if not 0 <= self.shift <= 47:
            raise GraphError(f"expected a shift of 0 to 47, found {self.shift}")
        if not 1 <= self.bits <= 31:
            raise GraphError(f"expected a gate of 1 to 31 bits, found {self.bits}")
        return Stream(x.shape, Int(self.bits, False, -self.bits), x.period)

    def apply(self, *frames: Array) -> Array:
        half = 1 << (self.bits - 1)
        return saturate((frames[0].astype(np.int64) >> self.shift) + half, Int(self.bits, False))

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(2, 8), (Stream((3,), Int(11)),)),
            (cls(0, 5), (Stream((2, 2), Int(6)),)),
            (cls(3, 1), (Stream((2,), Int(6)),)),
            (cls(9, 8), (Stream((2,), Int(8), period=2),)),
            (cls(1, 7), (Stream((2,), Int(9, False)),)),
            (cls(12, 16), (Stream((1,), Int(32)),)),
        ]
