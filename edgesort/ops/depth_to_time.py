from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream
from edgesort.ops.upsample import Upsample


@dataclass(frozen=True)
class DepthToTime(Op):
    """y[t] = part (t + 1) % factor of x[(t + 1) // factor - 1],  x[-1] = 0

    Each frame holds `factor` parts side by side on its last axis. They leave one after the other, the
    first one with the output frame in which x arrives; before the first x there are zeros. Window,
    Dense and DepthToTime are ConvTranspose without a multiplication by zero.

    Shapes: [..., factor * C] -> [..., C]; period divided by factor. Types: unchanged.
    State: the last frame (zeros at first), and which part left last. Latency: 0 frames.
    Corner cases: factor 1, a factor that leaves a period above 1, several axes, zeros at the start.
    Source: Shi et al. 2016, sub-pixel convolution, over time; DepthToSpace of the ONNX specification.
    """

    factor: int

    def span(self) -> int:
        return Upsample(self.factor).span()

    def infer(self, *inputs: Stream) -> Stream:
        x = Upsample(self.factor).infer(*inputs)
        if x.shape[-1] % self.factor:
            raise GraphError(f"expected {self.factor} parts of equal length, found {x.shape[-1]} elements")
        return Stream((*x.shape[:-1], x.shape[-1] // self.factor), x.dtype, x.period)

    def initial_state(self, *inputs: Stream) -> State:
        return *Upsample(self.factor).initial_state(*inputs), np.zeros((), np.int64)

    def step(self, state: State, *frames: Array | None) -> tuple[State, Array | None]:
        held = state[0] if frames[0] is None else frames[0]
        part = (state[1] + 1) % self.factor
        return (held, part), np.split(held, self.factor, axis=-1)[int(part)]

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        (last,), held = Upsample(self.factor).run(state[:1], *frames)
        part = (state[1] + np.arange(len(held) + 1)) % self.factor
        parts = np.stack(np.split(held, self.factor, axis=-1))
        return (last, part[-1]), parts[part[1:], np.arange(len(held))]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(2), (Stream((6,), Int(8), period=2),)),
            (cls(3), (Stream((2, 6), Int(12, False), period=6),)),
            (cls(1), (Stream((1,), Int(5), period=2),)),
            (cls(4), (Stream((4,), Int(20), period=4),)),
        ]
