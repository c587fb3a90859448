from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Delay(Op):
    """y[t] = x[t - frames]

    What a skip connection needs to meet the longer path again; the compiler computes its length.
    Shapes: any. Types: unchanged. State: the last `frames` frames, zeros at first.
    Latency: `frames` frames. Corner cases: 1 frame, several axes, period above 1.
    Source: z^-n, Oppenheim & Schafer, Discrete-Time Signal Processing.
    """

    frames: int

    def delay(self) -> int:
        return self.frames

    def span(self) -> int:
        return self.frames

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if self.frames < 1:
            raise GraphError(f"expected a delay of 1 frame or more, found {self.frames}")
        return x

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return (np.zeros((self.frames, *x.shape), x.dtype.container),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        line = np.concatenate([state[0], frames[0][None]])
        return (line[1:],), line[0]

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        line = np.concatenate([state[0], frames[0]])
        return (line[len(frames[0]) :],), line[: len(frames[0])]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(1), (Stream((1,), Int(8)),)),
            (cls(5), (Stream((3,), Int(12, False)),)),
            (cls(3), (Stream((2, 2), Int(20)),)),
            (cls(2), (Stream((2,), Int(5), period=3),)),
        ]
