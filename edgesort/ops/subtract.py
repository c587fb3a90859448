from __future__ import annotations

from dataclasses import dataclass

from edgesort.ops.aligned import Aligned, Number


@dataclass(frozen=True)
class Subtract(Aligned):
    """y = (x0 << left[0]) - (x1 << left[1])

    The left shifts bring both inputs to the finer of their scales. Shapes: any two alike, elementwise.
    Types: exact, the narrowest that holds every difference, 32 bits at most; signed even for unsigned
    inputs. State: none. Latency: 0 frames. Corner cases: opposite extremes, unlike types, shifts.
    Source: Sub of the ONNX specification.
    """

    def combine(self, a: Number, b: Number) -> Number:
        return a - b
