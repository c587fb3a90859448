from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Op, Stream
from edgesort.ops.pool import Pool


@dataclass(frozen=True)
class MaxPool(Pool):
    """y[t] = max(x[t - kernel + 1], ..., x[t]), for every stride-th t, element by element.

    With stride s the frames t = s-1, 2s-1, ... come out, like those of Window; the frames before the
    first one are zeros. Shapes: any; period times stride. Types: unchanged.
    State: the last kernel - 1 frames (zeros at first), and the count of frames modulo stride.
    Latency: 0 frames. Corner cases: kernel 1, stride above kernel, negative values against the zeros
    at the start, several axes. Source: MaxPool of the ONNX specification, causal.
    """

    join: ClassVar[np.ufunc] = np.maximum

    def dtype(self, x: Int) -> Int:
        return x

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(2, stride=2), (Stream((3,), Int(8)),)),
            (cls(3), (Stream((1,), Int(12, False)),)),
            (cls(1, stride=3), (Stream((2,), Int(5)),)),
            (cls(5, stride=2), (Stream((2, 2), Int(20)),)),
            (cls(4, stride=7), (Stream((2,), Int(8), period=2),)),
        ]
