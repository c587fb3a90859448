from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream, exact


@dataclass(frozen=True)
class Attention(Op):
    """y[t] = sum over s = t - window + 1, ..., t of max(0, q[t] . k[s]) * v[s]

    Attention over the last `window` frames with a rectified score in place of the softmax: no division and no
    exponential, so every sum is exact. Frames before the first are zeros.

    Inputs: q, k and v. Shapes: [D], [D], [E] -> [E], one period. Types: exact, the narrowest that holds every sum, 32
    bits at most; so are the scores. State: the last window - 1 frames of k and of v, zeros at first.
    Latency: 0 frames. Corner cases: window 1, negative scores, E unlike D, unsigned inputs.
    Source: Vaswani et al. 2017 with the rectified score of Zhang, Titov & Sennrich 2021 (sparse attention with ReLU).
    """

    window: int

    def span(self) -> int:
        return self.window - 1

    def infer(self, *inputs: Stream) -> Stream:
        q, k, v = inputs
        if len(q.shape) != 1 or q.shape != k.shape or len(v.shape) != 1 or len({s.period for s in inputs}) != 1:
            raise GraphError(f"expected q [D], k [D] and v [E] of one period, found {q}, {k} and {v}")
        if not 1 <= self.window <= 1 << 16:
            raise GraphError(f"expected a window of 1 to {1 << 16} frames, found {self.window}")
        self.score(q, k)
        most = self.window * self.reach(q, k)[1]
        exponent = q.dtype.exponent + k.dtype.exponent + v.dtype.exponent
        return Stream(v.shape, exact(most * v.dtype.min, most * v.dtype.max, exponent), v.period)

    def reach(self, q: Stream, k: Stream) -> tuple[int, int]:
        """The least and the greatest q . k."""
        corners = [a * b for a in (q.dtype.min, q.dtype.max) for b in (k.dtype.min, k.dtype.max)]
        return q.size * min(corners), q.size * max(corners)

    def score(self, q: Stream, k: Stream) -> Int:
        """The type of q . k; GraphError if that takes more than 32 bits."""
        return exact(*self.reach(q, k))

    def initial_state(self, *inputs: Stream) -> State:
        _, k, v = inputs
        return np.zeros((self.span(), *k.shape), np.int64), np.zeros((self.span(), *v.shape), np.int64)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        q, k, v = (frame.astype(np.int64) for frame in frames)
        keys, values = (np.concatenate([past, new[None]]) for past, new in zip(state, (k, v), strict=True))
        return (keys[1:], values[1:]), np.maximum(keys @ q, 0) @ values

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        q, k, v = (frame.astype(np.int64) for frame in frames)
        keys, values = (np.concatenate([past, new]) for past, new in zip(state, (k, v), strict=True))
        y, count = np.zeros(v.shape, np.int64), len(q)
        for first in range(self.window):
            scores = np.einsum("td,td->t", q, keys[first : first + count])
            y += np.maximum(scores, 0)[:, None] * values[first : first + count]
        return (keys[count:], values[count:]), y

    def macs(self, *inputs: Stream) -> int:
        q, _, v = inputs
        return self.window * (q.size + v.size)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        def of(size: int, bits: int, signed: bool = True, period: int = 1) -> Stream:
            return Stream((size,), Int(bits, signed), period)

        return [
            (cls(4), (of(3, 8), of(3, 6), of(2, 5))),
            (cls(1), (of(1, 4), of(1, 4), of(1, 4))),
            (cls(5), (of(2, 4, False), of(2, 6), of(4, 7, False))),
            (cls(3), (of(4, 5), of(4, 5, False), of(1, 8))),
            (cls(2), (of(2, 6, period=2), of(2, 6, period=2), of(3, 6, period=2))),
        ]
