from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream, alike
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class AdaptiveThreshold(Stateless):
    """y = 1 if x0 > ((factor * x1) >> shift) else 0

    A detector whose threshold follows the noise: x1 is the level, from Noise for instance, and
    factor / 2^shift how many times it the signal must exceed. Shapes: any two alike, elementwise.
    Types: any, 32 bits at most -> one unsigned bit. State: none. Latency: 0 frames.
    Corner cases: x0 at the threshold, a negative level (floor), the greatest factor and level, shift 31.
    Source: Quian Quiroga et al. 2004, threshold 4 median(|x|) / 0.6745; Harrison 2003 in hardware.
    """

    factor: int
    shift: int

    def infer(self, *inputs: Stream) -> Stream:
        stream = alike(inputs)
        if not (1 <= self.factor <= 1 << 15 and 0 <= self.shift <= 31):
            raise GraphError(
                f"expected a factor of 1 to 32768 and a shift of 0 to 31, found {self.factor} and {self.shift}"
            )
        for x in inputs:
            if x.dtype.bits > 32:
                raise GraphError(f"expected inputs of 32 bits at most, found {x.dtype}; requantize before")
        return Stream(stream.shape, Int(1, False), stream.period)

    def apply(self, *frames: Array) -> Array:
        x0, x1 = (x.astype(np.int64) for x in frames)
        return np.asarray(x0 > (self.factor * x1) >> self.shift)

    def macs(self, *inputs: Stream) -> int:
        return inputs[0].size

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(3, 1), (Stream((3,), Int(4)), Stream((3,), Int(3, False)))),
            (cls(5, 2), (Stream((2, 2), Int(5)), Stream((2, 2), Int(5)))),
            (cls(1, 0), (Stream((2,), Int(3, False), period=2), Stream((2,), Int(3, False), period=2))),
            (cls(1 << 15, 15), (Stream((1,), Int(8)), Stream((1,), Int(8)))),
            (cls((1 << 15) - 1, 31), (Stream((1,), Int(16, False)), Stream((1,), Int(32, False)))),
        ]
