from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream, exact

WORD = (1 << 32) - 1


@dataclass(frozen=True)
class Noise(Op):
    """y = u >> shift;  then u <- u + rise if |x| > y, else max(u - fall, 0)

    The noise level of each element. It settles where rises and falls cancel: |x| exceeds it in a part
    fall / (rise + fall) of all frames. rise = fall tracks the median of |x|, 0.6745 sigma of Gaussian
    noise, which rare spikes hardly move; rise : fall = p : 1 - p tracks the quantile p of |x|.
    `shift` is the fractional bits of u: more of them are slower and steadier. y[t] knows only frames
    before t.

    rise, fall: 1 to 2^32 - 1; shift: 0 to 31. Shapes: any, elementwise.
    Types: Int -> unsigned. u rises only below max|x| << shift, so u <= (max|x| << shift) - 1 + rise,
    which must fit 32 bits. State: u, zeros at first. Latency: 0 frames.
    Corner cases: |x| at the level (falls), a fall beyond 0, the least negative x, shift 0, a huge rise.
    Source: Harrison 2003, a threshold whose duty cycle is controlled; Quian Quiroga 2004 for 0.6745.
    """

    rise: int
    fall: int
    shift: int

    def top(self, x: Int) -> int:
        """The greatest u that inputs of this type can make."""
        return (max(-x.min, x.max) << self.shift) - 1 + self.rise

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if min(self.rise, self.fall) < 1 or max(self.rise, self.fall) > WORD or not 0 <= self.shift <= 31:
            raise GraphError(f"expected rise and fall of 1 to {WORD} and a shift of 0 to 31, found {self}")
        top = self.top(x.dtype)
        if top > WORD:
            raise GraphError(f"expected a level of 32 bits with its fraction, found up to {top}; use a lower shift")
        return Stream(x.shape, exact(0, top >> self.shift, x.dtype.exponent), x.period)

    def initial_state(self, *inputs: Stream) -> State:
        return (np.zeros(inputs[0].shape, np.int64),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        (u,) = state
        level = u >> self.shift
        above = np.abs(frames[0].astype(np.int64)) > level
        return (np.where(above, u + self.rise, np.maximum(u - self.fall, 0)),), level

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """A recursion with a comparison: a plain loop an element."""
        (x,) = frames
        rise, fall, shift = self.rise, self.fall, self.shift
        columns = np.abs(x.astype(np.int64)).reshape(len(x), prod(x.shape[1:]))
        after = state[0].flatten()
        y = np.empty(columns.shape, np.int64)
        for element in range(columns.shape[1]):
            u, levels = int(after[element]), []
            for magnitude in columns[:, element].tolist():
                level = u >> shift
                levels.append(level)
                if magnitude > level:
                    u += rise
                elif u > fall:
                    u -= fall
                else:
                    u = 0
            after[element], y[:, element] = u, levels
        return (after.reshape(state[0].shape),), y.reshape(x.shape)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(64, 64, 6), (Stream((4,), Int(16)),)),
            (cls(3, 1, 0), (Stream((3,), Int(4)),)),
            (cls(5, 20, 2), (Stream((2, 2), Int(5, False)),)),
            (cls(1, 1, 0), (Stream((1,), Int(2)),)),
            (cls(700, 100, 4), (Stream((2,), Int(6), period=2),)),
            (cls(1, WORD, 1), (Stream((2,), Int(3)),)),
            (cls(1 << 30, 1 << 26, 16), (Stream((2,), Int(16)),)),
        ]
