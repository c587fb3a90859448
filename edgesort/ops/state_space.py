from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgesort.fixed import Array, Int, requant
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True, eq=False)
class StateSpace(Op):
    """s <- saturate((a s + b x) >> fraction);  y = s

    A step of a linear state-space model, all states from those of the frame before. A steady-state
    Kalman filter is one: s is the estimate, a = (I - K C) A and b = K, with A the state's transition,
    C the observation and K the gain to which the filter settles.

    a: [N, N], b: [N, M], integers of 16 bits signed at scale 2^-fraction. Shapes: [M] -> [N].
    Types: any of 32 bits at most -> Int(bits), signed, at x's scale; the sums are exact, 48 bits at
    most (checked from a, b and the ranges). fraction: 0 to 31, bits: 1 to 32.
    State: s, zeros at first. Latency: 0 frames. Corner cases: saturation of single states, growing and
    rotating a, unsigned inputs, N of 1, fraction 0.
    Source: Welch & Bishop, An Introduction to the Kalman Filter; Malik et al. 2011 for decoders.
    """

    a: Array
    b: Array
    bits: int
    fraction: int

    @cached_property
    def weight(self) -> Array:
        """[N, N + M]: a and b side by side, what one row of sums takes."""
        return np.concatenate([self.a, self.b], axis=1).astype(np.int64)

    def sum_type(self, x: Int) -> Int:
        """The narrowest type of every partial sum of a s + b x; GraphError above 48 bits."""
        state, ends = Int(self.bits), np.zeros((2, self.weight.shape[1]), np.int64)
        ends[:, : len(self.a)] = [[state.min], [state.max]]
        ends[:, len(self.a) :] = [[x.min], [x.max]]
        products = self.weight * ends[:, None]
        low, high = np.minimum(products.min(0), 0).sum(1).min(), np.maximum(products.max(0), 0).sum(1).max()
        if not Int(48).holds(int(low), int(high)):
            raise GraphError(f"expected sums of 48 bits at most, found {low} to {high}; use fewer bits")
        return Int.holding(min(int(low), -1), int(high))

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        states = len(self.a)
        if not states or self.a.shape != (states, states) or self.b.shape != (states, *x.shape):
            raise GraphError(f"expected a [N, N] and b [N, M] for x [M], found {self.a.shape}, {self.b.shape}, {x}")
        if not Int(16).holds(int(self.weight.min()), int(self.weight.max())):
            raise GraphError(
                f"expected coefficients of 16 bits, found {self.weight.min()} to {self.weight.max()}; use less fraction"
            )
        if max(self.bits, x.dtype.bits) > 32 or self.bits < 1 or not 0 <= self.fraction <= 31:
            raise GraphError(
                "expected an input and a state of 1 to 32 bits and a fraction of 0 to 31, "
                f"found {x.dtype}, bits {self.bits}, fraction {self.fraction}"
            )
        self.sum_type(x.dtype)
        return Stream((states,), Int(self.bits, True, x.dtype.exponent), x.period)

    def initial_state(self, *inputs: Stream) -> State:
        return (np.zeros(len(self.a), np.int64),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        (s,) = state
        total = self.weight @ np.concatenate([s, frames[0].astype(np.int64)])
        y = requant(total, self.fraction, Int(self.bits))
        return (y.astype(np.int64),), y

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """b x of all frames at once, then a plain loop over the frames."""
        (x,) = frames
        dtype, a = Int(self.bits), np.asarray(self.a, np.int64)
        y = x.astype(np.int64) @ np.asarray(self.b, np.int64).T
        s = state[0]
        for total in y:
            total += a @ s
            total >>= self.fraction
            np.maximum(total, dtype.min, out=total)
            np.minimum(total, dtype.max, out=total)
            s = total
        return (s.copy(),), y

    def macs(self, *inputs: Stream) -> int:
        return self.weight.size

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        rng = np.random.default_rng(11)

        def make(states: int, inputs: int, bits: int, fraction: int) -> StateSpace:
            a, b = rng.integers(-9000, 9001, (states, states)), rng.integers(-32768, 32768, (states, inputs))
            a.flat[0], b.flat[0], b.flat[-1] = 32767, -32768, 32767
            return cls(a, b, bits, fraction)

        rotation = cls(np.array([[16069, -2845], [2845, 16069]]), np.array([[900, 0, -1], [0, 300, 77]]), 20, 14)
        return [
            (rotation, (Stream((3,), Int(12)),)),
            (make(4, 6, 16, 15), (Stream((6,), Int(8, False)),)),
            (make(1, 1, 8, 14), (Stream((1,), Int(8)),)),
            (make(3, 2, 24, 13), (Stream((2,), Int(16), period=2),)),
            (cls(np.array([[1]]), np.array([[1, -1]]), 5, 0), (Stream((2,), Int(3)),)),
            (make(2, 1, 31, 31), (Stream((1,), Int(30)),)),
        ]
