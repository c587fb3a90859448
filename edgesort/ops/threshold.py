from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class Threshold(Stateless):
    """y = 1 if x > level else 0

    Strict, as the spike of a neuron is. level: a value of x's type, one for all or one per element of the last
    axis. Shapes: any, elementwise. Types: any -> one unsigned bit. State: none. Latency: 0 frames.
    Corner cases: x at the level, levels at both ends of the type, negative levels, one level each.
    Source: Greater of the ONNX specification.
    """

    level: tuple[int, ...]

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if len(self.level) not in (1, x.shape[-1]):
            raise GraphError(f"expected 1 or {x.shape[-1]} levels, found {len(self.level)}")
        if not x.dtype.holds(min(self.level), max(self.level)):
            raise GraphError(f"expected levels in {x.dtype}, found {min(self.level)} to {max(self.level)}")
        return Stream(x.shape, Int(1, False), x.period)

    def apply(self, *frames: Array) -> Array:
        return np.asarray(frames[0].astype(np.int64) > np.array(self.level))

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls((0,)), (Stream((3,), Int(4)),)),
            (cls((5,)), (Stream((2, 2), Int(3, False)),)),
            (cls((-8, 7, -1)), (Stream((2, 3), Int(4)),)),
            (cls((0, 254)), (Stream((2,), Int(8, False), period=2),)),
            (cls((-1 << 19,)), (Stream((1,), Int(20)),)),
        ]
