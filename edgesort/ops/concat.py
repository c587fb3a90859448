from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream, exact
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class Concat(Stateless):
    """y[..., k] = x0[..., k] if k < C0 else x1[..., k - C0]

    Two last axes, one after the other. Shapes: [..., C0], [..., C1] -> [..., C0 + C1], of the same leading
    axes, period and scale. Types: the narrowest that holds both inputs' ranges, 32 bits at most.
    State: none. Latency: 0 frames. Corner cases: widths of one, unlike types, several axes.
    Source: Concat of the ONNX specification.
    """

    def infer(self, *inputs: Stream) -> Stream:
        x0, x1 = inputs
        if (x0.shape[:-1], x0.period) != (x1.shape[:-1], x1.period):
            raise GraphError(f"expected inputs of one period and alike but for the last axis, found {x0} and {x1}")
        low, high = min(x0.dtype.min, x1.dtype.min), max(x0.dtype.max, x1.dtype.max)
        shape = (*x0.shape[:-1], x0.shape[-1] + x1.shape[-1])
        return Stream(shape, exact(low, high, x0.dtype.exponent), x0.period)

    def apply(self, *frames: Array) -> Array:
        return np.concatenate([x.astype(np.int64) for x in frames], axis=-1)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((3,), Int(8)), Stream((2,), Int(8)))),
            (cls(), (Stream((2, 2), Int(8, False)), Stream((2, 3), Int(5)))),
            (cls(), (Stream((1,), Int(4, False)), Stream((1,), Int(12, False)))),
            (cls(), (Stream((1,), Int(17), period=2), Stream((4,), Int(16, False), period=2))),
        ]
