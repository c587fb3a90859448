from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int, requant
from edgesort.graph import GraphError, Op, Stream
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class Requant(Stateless):
    """y = saturate(x >> shift), the only op that changes scale.

    An arithmetic shift: rounding is floor. `dtype` is the output's type; an unsigned one makes this
    a ReLU. `shift` is 0 or more; one for all, or one per element of the last axis.

    Shapes: any, elementwise. Types: any -> dtype. State: none. Latency: 0 frames.
    Corner cases: values on both sides of each saturation bound, negative values that floor away from 0.
    Source: DESIGN, arithmetic rule; the same as QONNX Quant with rounding_mode FLOOR and zero point 0.
    """

    shift: tuple[int, ...]
    dtype: Int

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if len(self.shift) not in (1, x.shape[-1]):
            raise GraphError(f"expected 1 or {x.shape[-1]} shifts, found {len(self.shift)}")
        if min(self.shift) < 0 or max(self.shift) > 47:
            raise GraphError(f"expected shifts of 0 to 47, found {min(self.shift)} to {max(self.shift)}")
        return Stream(x.shape, self.dtype, x.period)

    def apply(self, *frames: Array) -> Array:
        return requant(frames[0], np.array(self.shift), self.dtype)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        wide = Stream((3,), Int(24))
        return [
            (cls((6,), Int(8)), (wide,)),
            (cls((0,), Int(8)), (wide,)),
            (cls((3,), Int(8, False)), (wide,)),
            (cls((4,), Int(1, False)), (Stream((4,), Int(6)),)),
            (cls((9,), Int(16)), (Stream((2, 2), Int(24)),)),
            (cls((1, 5, 20), Int(7)), (wide,)),
            (cls((0, 3, 9), Int(16)), (wide,)),
            (cls((2,), Int(8)), (Stream((5,), Int(10, False)),)),
            (cls((2,), Int(6)), (Stream((3,), Int(20), period=3),)),
            (cls((23,), Int(32)), (Stream((1,), Int(32)),)),
        ]
