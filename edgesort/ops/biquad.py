from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import prod

import numpy as np

from edgesort.fixed import Array, Int, requant
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Biquad(Op):
    """y[t] = saturate((b0*x[t] + b1*x[t-1] + b2*x[t-2] - a1*y[t-1] - a2*y[t-2]) >> fraction)

    A cascade of second-order sections in direct form I on samples with `guard` extra fractional bits:
    the first section reads x << guard, each next one reads the section before it, and the output
    keeps the guard bits, saturated to `bits`. A Requant drops them. Floor rounding leaves an offset of at most
    1 / (1 + a1 + a2) guard steps at frequency 0, which the guard bits make small.

    sections: rows (b0, b1, b2, a1, a2) of integers at scale 2^-fraction, each of 16 bits signed.
    Shapes: any, each element filtered by itself. Types: signed -> Int(bits), signed, `guard` finer.
    State: for each section x[t-1], x[t-2], y[t-1], y[t-2], zeros at first.
    Latency: 0 frames. Corner cases: full-scale steps (saturation), DC, a pole near 1, two sections.
    Source: Oppenheim & Schafer, Discrete-Time Signal Processing, direct form I.
    """

    sections: tuple[tuple[int, int, int, int, int], ...]
    bits: int = 22
    fraction: int = 14
    guard: int = 6

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if not self.sections or any(len(s) != 5 for s in self.sections):
            raise GraphError("expected sections of 5 coefficients (b0, b1, b2, a1, a2), found none or others")
        coefficients = [c for section in self.sections for c in section]
        if not Int(16).holds(min(coefficients), max(coefficients)):
            raise GraphError(f"expected coefficients of 16 bits, found {min(coefficients)} to {max(coefficients)}")
        widest = max(x.dtype.bits + self.guard, self.bits)
        if not x.dtype.signed or widest > 28 or min(self.guard, self.fraction) < 0 or self.fraction > 15:
            raise GraphError(
                "expected a signed input, 28 bits at most with the guard bits, and a fraction of 0 to 15, "
                f"found {x.dtype}, guard {self.guard}, bits {self.bits}, fraction {self.fraction}"
            )
        return Stream(x.shape, Int(self.bits, True, x.dtype.exponent - self.guard), x.period)

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return (np.zeros((len(self.sections), 4, *x.shape), np.int64),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        history, dtype = state[0].copy(), Int(self.bits)
        x = frames[0].astype(np.int64) << self.guard
        for section, (b0, b1, b2, a1, a2) in enumerate(self.sections):
            x1, x2, y1, y2 = history[section]
            y = requant(b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2, self.fraction, dtype)
            history[section] = np.stack([x, x1, y, y1])
            x = y.astype(np.int64)
        return (history,), y

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """The recursion cannot be vectorised over time (floor is not linear): a compiled loop."""
        (x,) = frames
        dtype = Int(self.bits)
        history = state[0].reshape(len(self.sections), 4, prod(x.shape[1:])).copy()
        signal = x.reshape(len(x), prod(x.shape[1:])).astype(np.int64) << self.guard
        _compiled()(signal, history, np.array(self.sections, np.int64), self.fraction, dtype.min, dtype.max)
        return (history.reshape(state[0].shape),), signal.reshape(x.shape).astype(dtype.container)

    def macs(self, *inputs: Stream) -> int:
        return 5 * len(self.sections) * inputs[0].size

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        highpass = (15305, -30611, 15305, -30537, 14300)
        resonant = (16384, 0, 0, -32600, 16300)
        return [
            (cls((highpass,)), (Stream((1,), Int(16)),)),
            (cls((highpass, highpass), bits=24, guard=8), (Stream((2,), Int(16)),)),
            (cls(((9000, 30, -7000, -100, 5000), (16000, -3, 20, 900, 4000))), (Stream((2,), Int(16)),)),
            (cls((resonant,), bits=15, guard=4), (Stream((1,), Int(12)),)),
            (cls(((-32768, 32767, -32768, 32767, -32768),), bits=20, fraction=15), (Stream((3,), Int(16)),)),
            (cls(((1, 0, 0, 0, 0),), bits=6, fraction=0, guard=0), (Stream((1,), Int(8)),)),
            (cls((highpass,)), (Stream((2, 2), Int(10), period=2),)),
        ]


@cache
def _compiled() -> Callable[..., None]:
    from numba import njit  # takes half a second to import, and not every command filters

    compiled: Callable[..., None] = njit(cache=True, nogil=True)(_filter)
    return compiled


def _filter(signal: Array, history: Array, sections: Array, fraction: int, low: int, high: int) -> None:
    """Replace `signal` [T, E] by what the sections make of it, and `history` [S, 4, E] by what they remember."""
    for t in range(signal.shape[0]):
        for section in range(sections.shape[0]):
            b0, b1, b2, a1, a2 = sections[section]
            x1, x2, y1, y2 = history[section]
            for e in range(signal.shape[1]):
                x = signal[t, e]
                y = (b0 * x + b1 * x1[e] + b2 * x2[e] - a1 * y1[e] - a2 * y2[e]) >> fraction
                y = min(max(y, low), high)
                x2[e], x1[e], y2[e], y1[e] = x1[e], x, y1[e], y
                signal[t, e] = y
