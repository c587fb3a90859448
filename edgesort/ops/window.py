from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Window(Op):
    """y[t] = concat(x[t - (kernel-1)*dilation], ..., x[t - dilation], x[t]), for every stride-th t.

    A line buffer. It joins the last axis of `kernel` past frames, `dilation` apart, oldest first:
    Window then Dense is a causal Conv1d. With stride s the frames t = s-1, 2s-1, ... come out.

    Shapes: [..., C] -> [..., kernel * C]; period times stride. Types: unchanged.
    State: the last (kernel-1)*dilation frames (zeros at first), and the count of frames modulo stride.
    Latency: 0 frames. Corner cases: kernel 1, dilation above 1, stride above kernel, several axes.
    Source: the definition of a causal (dilated, strided) convolution's input.
    """

    kernel: int
    dilation: int = 1
    stride: int = 1

    def span(self) -> int:
        """Frames before the newest that the window reaches back to."""
        return (self.kernel - 1) * self.dilation

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if min(self.kernel, self.dilation, self.stride) < 1:
            raise GraphError(f"expected kernel, dilation and stride of 1 or more, found {self}")
        return Stream((*x.shape[:-1], self.kernel * x.shape[-1]), x.dtype, x.period * self.stride)

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return np.zeros((self.span(), *x.shape), x.dtype.container), np.zeros((), np.int64)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        past, phase = state
        line = np.concatenate([past, frames[0][None]])
        after = (line[1:], (phase + 1) % self.stride)
        if phase != self.stride - 1:
            return after, None
        return after, np.concatenate(list(line[:: self.dilation]), axis=-1)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        past, phase = state
        (x,) = frames
        line = np.concatenate([past, x])
        first = int(self.stride - 1 - phase)
        taps = [line[k * self.dilation :][: len(x)][first :: self.stride] for k in range(self.kernel)]
        return (line[len(x) :], (phase + len(x)) % self.stride), np.concatenate(taps, axis=-1)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        i8 = Int(8)
        return [
            (cls(1), (Stream((3,), i8),)),
            (cls(5), (Stream((1,), i8),)),
            (cls(3, dilation=4), (Stream((2,), Int(8, False)),)),
            (cls(4, stride=2), (Stream((3,), i8),)),
            (cls(2, dilation=2, stride=5), (Stream((1,), Int(12)),)),
            (cls(3), (Stream((2, 3), i8),)),
            (cls(3, stride=2), (Stream((2,), Int(5), period=2),)),
        ]
