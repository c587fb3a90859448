from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Op, Stream, exact
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class Rectify(Stateless):
    """y = |x|

    The magnitude, which detectors of unknown polarity look at. Shapes: any, elementwise.
    Types: unsigned and exact, so as many bits as x: the least signed value has a magnitude too.
    State: none. Latency: 0 frames. Corner cases: the least value, -1 and 0, unsigned inputs.
    Source: Abs of the ONNX specification; Quian Quiroga et al. 2004 detect on |x|.
    """

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        return Stream(x.shape, exact(0, max(-x.dtype.min, x.dtype.max), x.dtype.exponent), x.period)

    def apply(self, *frames: Array) -> Array:
        magnitude: Array = np.abs(frames[0].astype(np.int64))
        return magnitude

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((3,), Int(8)),)),
            (cls(), (Stream((2, 2), Int(16)),)),
            (cls(), (Stream((2,), Int(9, False)),)),
            (cls(), (Stream((1,), Int(1)),)),
            (cls(), (Stream((2,), Int(21), period=3),)),
        ]
