from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream, alike, exact


@dataclass(frozen=True)
class Add(Op):
    """y = (x0 << left[0]) + (x1 << left[1])

    The left shifts bring both inputs to the finer of their scales. Shapes: any two alike, elementwise.
    Types: exact, the narrowest that holds every sum, 32 bits at most. State: none. Latency: 0 frames.
    Corner cases: both extremes at once, unlike types, shifts. Source: Add of the ONNX specification.
    """

    left: tuple[int, int] = (0, 0)

    def infer(self, *inputs: Stream) -> Stream:
        x0, x1 = inputs
        stream = alike(inputs)
        if len(self.left) != 2 or min(self.left) < 0 or max(self.left) > 31:
            raise GraphError(f"expected two left shifts of 0 to 31, found {self.left}")
        s0, s1 = self.left
        low = (x0.dtype.min << s0) + (x1.dtype.min << s1)
        high = (x0.dtype.max << s0) + (x1.dtype.max << s1)
        return Stream(stream.shape, exact(low, high, x0.dtype.exponent - s0), stream.period)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        return self.run(state, *frames)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        x0, x1 = (x.astype(np.int64) << s for x, s in zip(frames, self.left, strict=True))
        return state, x0 + x1

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((3,), Int(8)), Stream((3,), Int(8)))),
            (cls((0, 3)), (Stream((2, 2), Int(8, False)), Stream((2, 2), Int(5)))),
            (cls((4, 0)), (Stream((1,), Int(3, False)), Stream((1,), Int(7, False)))),
            (cls(), (Stream((2,), Int(16), period=2), Stream((2,), Int(16, False), period=2))),
        ]
