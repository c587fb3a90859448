from __future__ import annotations

from dataclasses import dataclass

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class Slice(Stateless):
    """y[..., k] = x[..., start + k],  0 <= k < stop - start

    A part of the last axis. Shapes: [..., C] -> [..., stop - start]. Types: unchanged. State: none.
    Latency: 0 frames. Corner cases: the first element, the last one, all of them, several axes.
    Source: Slice of the ONNX specification, step 1.
    """

    start: int
    stop: int

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if not 0 <= self.start < self.stop <= x.shape[-1]:
            raise GraphError(f"expected a part of {x.shape[-1]} elements, found {self.start} to {self.stop}")
        return Stream((*x.shape[:-1], self.stop - self.start), x.dtype, x.period)

    def apply(self, *frames: Array) -> Array:
        return frames[0][..., self.start : self.stop]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(1, 3), (Stream((5,), Int(8)),)),
            (cls(0, 1), (Stream((3, 4), Int(12, False)),)),
            (cls(2, 3), (Stream((2, 3), Int(5), period=3),)),
            (cls(0, 2), (Stream((2,), Int(20)),)),
        ]
