from __future__ import annotations

from dataclasses import dataclass

from edgesort.fixed import Array, Int
from edgesort.graph import Op, Stream
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class ArgMax(Stateless):
    """y[..., 0] = min{k : x[..., k] = max_j x[..., j]}

    Which element of the last axis is greatest; of equals the first. Shapes: [..., C] -> [..., 1].
    Types: any -> the narrowest unsigned that holds C - 1. State: none. Latency: 0 frames.
    Corner cases: ties, the first, the last, all negative, one element, several axes.
    Source: ArgMax of the ONNX specification, keepdims 1, select_last_index 0.
    """

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        return Stream((*x.shape[:-1], 1), Int.holding(0, x.shape[-1] - 1), x.period)

    def apply(self, *frames: Array) -> Array:
        first: Array = frames[0].argmax(-1)
        return first[..., None]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((5,), Int(3)),)),
            (cls(), (Stream((3, 4), Int(8, False)),)),
            (cls(), (Stream((1,), Int(5)),)),
            (cls(), (Stream((2, 2), Int(20), period=3),)),
            (cls(), (Stream((9,), Int(1)),)),
        ]
