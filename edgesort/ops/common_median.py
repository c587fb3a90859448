from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Op, Stream, exact
from edgesort.ops.stateless import Stateless


@dataclass(frozen=True)
class CommonMedian(Stateless):
    """y[..., c] = x[..., c] - m,  m = sort(x[..., :])[(C - 1) // 2]

    The common median reference: m is the lower median of the C channels of a line. A spike on fewer
    than half of the channels does not leak into the others, as it does through an average.

    Shapes: [..., C]. Types: exact, the narrowest that holds every difference, 32 bits at most.
    State: none. Latency: 0 frames. Corner cases: one channel (always 0), two (m is the smaller), an
    even C, equal channels, both extremes, negative values.
    Source: Rolston, Gross & Potter 2009, common median referencing.
    """

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        channels, span = x.shape[-1], x.dtype.max - x.dtype.min
        low, high = (0, 0) if channels == 1 else (0, span) if channels == 2 else (-span, span)
        return Stream(x.shape, exact(low, high, x.dtype.exponent), x.period)

    def apply(self, *frames: Array) -> Array:
        x = frames[0].astype(np.int64)
        middle = (x.shape[-1] - 1) // 2
        median: Array = np.partition(x, middle, axis=-1)[..., middle, None]
        return x - median

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((5,), Int(8)),)),
            (cls(), (Stream((4,), Int(16)),)),
            (cls(), (Stream((2, 3), Int(6, False)),)),
            (cls(), (Stream((1,), Int(5)),)),
            (cls(), (Stream((2,), Int(9)),)),
            (cls(), (Stream((3,), Int(1, False), period=2),)),
            (cls(), (Stream((17,), Int(3)),)),
        ]
