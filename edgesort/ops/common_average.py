from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, Stream, exact
from edgesort.ops.stateless import Stateless

FRACTION = 16
CHANNELS = 1 << 12


@dataclass(frozen=True)
class CommonAverage(Stateless):
    """y[..., c] = x[..., c] - ((r * sum_k x[..., k]) >> 16),  r = (2^16 + C // 2) // C

    The common average reference: what all C channels of a line share is taken away. There is no
    division; r is 1 / C, rounded, at scale 2^-16, so the mean is off by a part of C / 2^17 at most.

    Shapes: [..., C], C of 1 to 4096. Types: exact, the narrowest that holds every difference, 32 bits
    at most. State: none. Latency: 0 frames. Corner cases: one channel (always 0), one against all
    others, a C that divides 2^16 and one that does not, negative sums (the mean rounds down).
    Source: Ludwig et al. 2009, common average reference for microelectrode arrays.
    """

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        channels, low, high = x.shape[-1], x.dtype.min, x.dtype.max
        if channels > CHANNELS or x.dtype.bits > 32:
            raise GraphError(f"expected {CHANNELS} channels of 32 bits at most, found {x}")
        one_against_all = np.full((2, channels), [[high], [low]], np.int64)
        one_against_all[:, 0] = low, high
        least, greatest = self.apply(one_against_all)[:, 0].tolist()
        return Stream(x.shape, exact(least, greatest, x.dtype.exponent), x.period)

    def apply(self, *frames: Array) -> Array:
        x = frames[0].astype(np.int64)
        mean: Array = (reciprocal(x.shape[-1]) * x.sum(axis=-1, keepdims=True)) >> FRACTION
        return x - mean

    def macs(self, *inputs: Stream) -> int:
        return inputs[0].size // inputs[0].shape[-1]

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls(), (Stream((4,), Int(16)),)),
            (cls(), (Stream((3,), Int(8)),)),
            (cls(), (Stream((2, 5), Int(12, False)),)),
            (cls(), (Stream((1,), Int(7)),)),
            (cls(), (Stream((2,), Int(1, False), period=2),)),
            (cls(), (Stream((33,), Int(10)),)),
        ]


def reciprocal(channels: int) -> int:
    """1 / channels at scale 2^-16, rounded."""
    return ((1 << FRACTION) + channels // 2) // channels
