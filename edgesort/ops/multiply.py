from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Op, Stream, alike, exact
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class Multiply(Stateless):
    """y = x0 * x1

    A gate: an unsigned stream opens and closes a signed one. Shapes: any two alike, elementwise.
    Types: exact, the narrowest that holds every product, 32 bits at most; the exponents add up.
    State: none. Latency: 0 frames. Corner cases: both at their least value, unsigned by signed, one bit.
    Source: Mul of the ONNX specification.
    """

    def infer(self, *inputs: Stream) -> Stream:
        stream, (x0, x1) = alike(inputs), (x.dtype for x in inputs)
        products = [a * b for a in (x0.min, x0.max) for b in (x1.min, x1.max)]
        return Stream(stream.shape, exact(min(products), max(products), x0.exponent + x1.exponent), stream.period)

    def apply(self, *frames: Array) -> Array:
        x0, x1 = frames
        return x0.astype(np.int64) * x1

    def macs(self, *inputs: Stream) -> int:
        return inputs[0].size

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((3,), Int(8)), Stream((3,), Int(8)))),
            (cls(), (Stream((2, 2), Int(5, False)), Stream((2, 2), Int(9)))),
            (cls(), (Stream((1,), Int(4)), Stream((1,), Int(6, False)))),
            (cls(), (Stream((2,), Int(7, False), period=3), Stream((2,), Int(8, False), period=3))),
            (cls(), (Stream((2,), Int(1, False)), Stream((2,), Int(1, False)))),
            (cls(), (Stream((1,), Int(16)), Stream((1,), Int(16)))),
        ]
