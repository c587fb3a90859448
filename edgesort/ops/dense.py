from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream

EXACT: dict[type[np.floating[Any]], int] = {np.float32: 1 << 24, np.float64: 1 << 53}  # integers below are exact in it
WHOLE = {np.float32: np.int32, np.float64: np.int64}  # holds them


@dataclass(frozen=True, eq=False)
class Dense(Op):
    """y[..., o] = bias[o] + sum_i weight[o, i] * x[..., g(o) * I + i]

    The arithmetic of every linear layer, on the last axis and broadcast over the axes before it, so
    weights shared over channels come for free. With `groups` G, output o reads group
    g(o) = o // (O // G) of the input, I elements wide; Conv1d is Window then Dense.

    weight: [O, I] integers, bias: [O] integers at the accumulator's scale, weight_exponent: scale of
    the weights (an annotation). Shapes: [..., G * I] -> [..., O].
    Types: the accumulator is exact; its type is the narrowest that holds what these weights can make
    of this input type, and a graph that needs more than 32 bits is refused.
    State: none. Latency: 0 frames. Corner cases: extreme weights and inputs, one output, groups, axes.
    Source: Gemm and Conv of the ONNX specification, over integers.
    """

    weight: Array
    bias: Array
    groups: int = 1
    weight_exponent: int = 0

    def bounds(self, low: int, high: int) -> tuple[int, int]:
        """The least and the greatest value any partial sum can take for inputs in [low, high].

        Counted over every order of summation: all falling terms first, or all rising ones.
        """
        w = self._weight64
        falling = np.minimum(np.minimum(w * low, w * high), 0).sum(1) + np.minimum(self.bias, 0)
        rising = np.maximum(np.maximum(w * low, w * high), 0).sum(1) + np.maximum(self.bias, 0)
        return int(falling.min()), int(rising.max())

    @cached_property
    def _weight64(self) -> Array:
        return np.asarray(self.weight, np.int64)

    def exact_float(self, container: np.dtype[Any]) -> type[np.floating[Any]]:
        """The narrowest floating-point type in which every partial sum of inputs of type `container` is exact.

        GraphError if none is.
        """
        limits = np.iinfo(container)
        low, high = self.bounds(int(limits.min), int(limits.max))
        exact = next((dtype for dtype, limit in EXACT.items() if max(-low, high) < limit), None)
        if exact is None:
            raise GraphError(f"expected partial sums below 2^53, found up to {max(-low, high)}")
        return exact

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        out, width = self.weight.shape
        if x.shape[-1] != self.groups * width or out % self.groups or self.bias.shape != (out,):
            raise GraphError(
                f"expected {self.groups} groups of {width} inputs and {out} biases, "
                f"found {x.shape[-1]} inputs and {self.bias.size} biases"
            )
        dtype = Int.holding(*self.bounds(x.dtype.min, x.dtype.max), x.dtype.exponent + self.weight_exponent)
        if dtype.bits > 32:
            raise GraphError(
                f"expected an accumulator of 32 bits at most, found that it needs {dtype.bits}; "
                "use fewer weight or activation bits, or a smaller layer"
            )
        return Stream((*x.shape[:-1], out), dtype, x.period)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        (x,) = frames
        grouped = x.astype(np.int64).reshape(*x.shape[:-1], self.groups, 1, -1)
        weight = self._weight64.reshape(self.groups, -1, self.weight.shape[1])
        y = (grouped * weight).sum(-1).reshape(*x.shape[:-1], -1) + self.bias
        return state, y

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """A matrix product in floating point: exact, since every partial sum is a small enough integer (checked)."""
        (x,) = frames
        exact = self.exact_float(x.dtype)
        rows = prod(x.shape[:-1])
        grouped = x.astype(exact).reshape(rows, self.groups, self.weight.shape[1])
        weight = self.weight.astype(exact).reshape(self.groups, -1, self.weight.shape[1])
        y = np.empty((rows, self.groups, weight.shape[1]), exact)
        for g in range(self.groups):
            np.matmul(grouped[:, g], weight[g].T, out=y[:, g])
        y = y.reshape(*x.shape[:-1], len(self.bias))
        y += self.bias.astype(exact)
        return state, y.astype(WHOLE[exact])

    def macs(self, *inputs: Stream) -> int:
        (x,) = inputs
        return self.weight.size * (x.size // x.shape[-1])

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        rng = np.random.default_rng(7)

        def make(out: int, width: int, low: int, high: int, groups: int = 1) -> Dense:
            weight = rng.integers(low, high + 1, (out, width))
            weight.flat[0], weight.flat[-1] = low, high
            return cls(weight, rng.integers(-9000, 9000, out), groups)

        extreme = cls(np.full((2, 32), -128), np.array([-(1 << 15), (1 << 15) - 1]))
        return [
            (make(16, 32, -128, 127), (Stream((32,), Int(8)),)),
            (make(1, 1, -8, 7), (Stream((1,), Int(8, False)),)),
            (make(8, 16, -8, 7), (Stream((16,), Int(4, False)),)),
            (make(6, 5, -128, 127, groups=3), (Stream((15,), Int(8)),)),
            (make(3, 4, -32, 31), (Stream((2, 4), Int(8)),)),
            (make(3, 4, -32, 31), (Stream((4,), Int(12), period=2),)),
            (extreme, (Stream((32,), Int(8)),)),
            (extreme, (Stream((32,), Int(8, False)),)),
        ]
