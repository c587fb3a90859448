from __future__ import annotations

from dataclasses import dataclass

from edgesort.ops.aligned import Aligned, Number


@dataclass(frozen=True)
class Add(Aligned):
    """y = (x0 << left[0]) + (x1 << left[1])

    The left shifts bring both inputs to the finer of their scales. Shapes: any two alike, elementwise.
    Types: exact, the narrowest that holds every sum, 32 bits at most. State: none. Latency: 0 frames.
    Corner cases: both extremes at once, unlike types, shifts. Source: Add of the ONNX specification.
    """

    def combine(self, a: Number, b: Number) -> Number:
        return a + b
