from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Upsample(Op):
    """y[t] = x[(t + 1) // factor - 1],  x[-1] = 0

    Each frame is repeated `factor` times, from the output frame on in which it arrives; before the
    first one there are zeros. Shapes: any; period divided by factor. Types: unchanged.
    State: the last frame, zeros at first. Latency: 0 frames.
    Corner cases: factor 1, a factor that leaves a period above 1, several axes, zeros at the start.
    Source: Resize of the ONNX specification, mode nearest; a zero-order hold.
    """

    factor: int

    def span(self) -> int:
        return 1

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if self.factor < 1 or x.period % self.factor:
            raise GraphError(f"expected a factor that divides the period {x.period}, found {self.factor}")
        return Stream(x.shape, x.dtype, x.period // self.factor)

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return (np.zeros(x.shape, x.dtype.container),)

    def step(self, state: State, *frames: Array | None) -> tuple[State, Array | None]:
        held = state[0] if frames[0] is None else frames[0]
        return (held,), held

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        x, arrives = frames if self.factor > 1 else (frames[0], np.ones(len(frames[0]), bool))
        line = np.concatenate([state[0][None], x])
        return (line[-1],), line[np.cumsum(arrives)]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(2), (Stream((3,), Int(8), period=2),)),
            (cls(3), (Stream((2, 2), Int(12, False), period=6),)),
            (cls(1), (Stream((1,), Int(5), period=2),)),
            (cls(4), (Stream((1,), Int(20), period=4),)),
        ]
