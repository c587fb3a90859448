"""What Add and Subtract share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream, alike, exact
from edgesort.ops.stateless import Stateless

Number = TypeVar("Number", int, Array)


def corners(x: Int, left: int = 0) -> tuple[int, int]:
    """The least and the greatest value of a type, shifted left."""
    return x.min << left, x.max << left


@dataclass(frozen=True)
class Aligned(Stateless):
    """y = combine(x0 << left[0], x1 << left[1]), where the shifts bring both to the finer of their scales."""

    left: tuple[int, int] = (0, 0)

    @abstractmethod
    def combine(self, a: Number, b: Number) -> Number:
        """Monotonic in both."""

    def infer(self, *inputs: Stream) -> Stream:
        x0, x1 = inputs
        stream = alike(inputs)
        if len(self.left) != 2 or min(self.left) < 0 or max(self.left) > 31:
            raise GraphError(f"expected two left shifts of 0 to 31, found {self.left}")
        s0, s1 = self.left
        values = [self.combine(a, b) for a in corners(x0.dtype, s0) for b in corners(x1.dtype, s1)]
        return Stream(stream.shape, exact(min(values), max(values), x0.dtype.exponent - s0), stream.period)

    def apply(self, *frames: Array) -> Array:
        x0, x1 = (x.astype(np.int64) << s for x, s in zip(frames, self.left, strict=True))
        return self.combine(x0, x1)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((3,), Int(8)), Stream((3,), Int(8)))),
            (cls((0, 3)), (Stream((2, 2), Int(8, False)), Stream((2, 2), Int(5)))),
            (cls((4, 0)), (Stream((1,), Int(3, False)), Stream((1,), Int(7, False)))),
            (cls(), (Stream((2,), Int(16), period=2), Stream((2,), Int(16, False), period=2))),
        ]
