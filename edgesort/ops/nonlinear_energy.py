from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Op, State, Stream, exact


@dataclass(frozen=True)
class NonlinearEnergy(Op):
    """y[t] = x[t-1]^2 - x[t] * x[t-2]

    Large where a signal is large and quick at once, as a spike is. Element by element. Shapes: any.
    Types: exact, the narrowest for the input's range, 32 bits at most: inputs of 16 bits signed at
    most; the exponent doubles. State: the last two frames, zeros at first. Latency: 1 frame.
    Corner cases: both extremes in turn, the lowest value held, unsigned inputs, several axes.
    Source: Kaiser 1990; Mukhopadhyay & Ray 1998, for spikes.
    """

    def delay(self) -> int:
        return 1

    def span(self) -> int:
        return 2

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        low, high = x.dtype.min, x.dtype.max
        square = max(low * low, high * high)
        return Stream(x.shape, exact(-square, square - low * high, 2 * x.dtype.exponent), x.period)

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return (np.zeros((2, *x.shape), x.dtype.container),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        line = np.concatenate([state[0], frames[0][None]])
        before, centre, newest = line.astype(np.int64)
        return (line[1:],), centre**2 - newest * before

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        line = np.concatenate([state[0], frames[0]])
        x = line.astype(np.int64)
        return (line[-2:],), x[1:-1] ** 2 - x[2:] * x[:-2]

    def macs(self, *inputs: Stream) -> int:
        return 2 * inputs[0].size

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((3,), Int(8)),)),
            (cls(), (Stream((1,), Int(16)),)),
            (cls(), (Stream((2, 2), Int(15, False)),)),
            (cls(), (Stream((2,), Int(2)),)),
            (cls(), (Stream((2,), Int(5), period=3),)),
        ]
