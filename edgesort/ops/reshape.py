from __future__ import annotations

from dataclasses import dataclass
from math import prod

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Reshape(Op):
    """y = the same elements as x in the same order (last axis fastest), as a frame of `shape`

    Shapes: any -> any of as many elements. Types: unchanged. State: none. Latency: 0 frames.
    Corner cases: axes of one, flattening, several axes out of one. Source: Reshape of the ONNX
    specification, without its 0 and -1.
    """

    shape: tuple[int, ...]

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if not self.shape or min(self.shape) < 1 or prod(self.shape) != x.size:
            raise GraphError(f"expected a shape of {x.size} elements, found {self.shape}")
        return Stream(self.shape, x.dtype, x.period)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        return state, frames[0].reshape(self.shape)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        (x,) = frames
        return state, x.reshape(len(x), *self.shape)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls((6,)), (Stream((2, 3), Int(8)),)),
            (cls((2, 1, 2)), (Stream((4,), Int(12, False)),)),
            (cls((3, 2)), (Stream((2, 3), Int(20)),)),
            (cls((1, 1)), (Stream((1,), Int(5), period=3),)),
        ]
