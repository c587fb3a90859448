from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import GraphError, Op, Stream, exact
from edgesort.ops.pool import Pool


@dataclass(frozen=True)
class AveragePool(Pool):
    """y[t] = x[t - kernel + 1] + ... + x[t], for every stride-th t, element by element; exponent - log2(kernel)

    The kernel is a power of two, so the sum at a finer scale is the mean, and no bit is lost. With
    stride 1 it is the moving average. With stride s the frames t = s-1, 2s-1, ... come out, like those
    of Window; the frames before the first one are zeros.

    Shapes: any; period times stride. Types: exact, log2(kernel) bits more, 32 bits at most.
    State: the last kernel - 1 frames (zeros at first), and the count of frames modulo stride.
    Latency: 0 frames. Corner cases: kernel 1, stride above kernel, both extremes held, several axes.
    Source: AveragePool of the ONNX specification, causal.
    """

    join: ClassVar[np.ufunc] = np.add

    def dtype(self, x: Int) -> Int:
        if self.kernel & (self.kernel - 1):
            raise GraphError(f"expected a kernel that is a power of two, found {self.kernel}")
        return exact(self.kernel * x.min, self.kernel * x.max, x.exponent - self.kernel.bit_length() + 1)

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(2, stride=2), (Stream((3,), Int(8)),)),
            (cls(4), (Stream((1,), Int(12, False)),)),
            (cls(1, stride=3), (Stream((2,), Int(5)),)),
            (cls(8, stride=3), (Stream((2, 2), Int(20)),)),
            (cls(4, stride=7), (Stream((2,), Int(8), period=2),)),
        ]
