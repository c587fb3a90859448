"""What the pools over time share; the operators are MaxPool and AveragePool."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream
from edgesort.ops.window import Window


@dataclass(frozen=True)
class Pool(Op):
    """y[t] = x[t - kernel + 1] o ... o x[t], for every stride-th t, where o is `join`."""

    kernel: int
    stride: int = 1
    join: ClassVar[np.ufunc]

    @abstractmethod
    def dtype(self, x: Int) -> Int:
        """The type of the output."""

    def span(self) -> int:
        return self.kernel - 1

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if min(self.kernel, self.stride) < 1:
            raise GraphError(f"expected kernel and stride of 1 or more, found {self.kernel} and {self.stride}")
        return Stream(x.shape, self.dtype(x.dtype), x.period * self.stride)

    def initial_state(self, *inputs: Stream) -> State:
        return Window(self.kernel, 1, self.stride).initial_state(*inputs)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        past, phase = state
        line = np.concatenate([past, frames[0][None]])
        after = (line[1:], (phase + 1) % self.stride)
        return after, self.join.reduce(line.astype(np.int64)) if phase == self.stride - 1 else None

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        past, phase = state
        (x,) = frames
        line = np.concatenate([past, x])
        due = slice(int(self.stride - 1 - phase), None, self.stride)
        taps = (line[k : k + len(x)][due].astype(np.int64) for k in range(self.kernel))
        return (line[len(x) :], (phase + len(x)) % self.stride), reduce(self.join, taps)
