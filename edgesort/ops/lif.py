from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from edgesort.fixed import Array, Int, saturate
from edgesort.graph import GraphError, Op, State, Stream, exact


@dataclass(frozen=True, eq=False)
class Lif(Op):
    """u <- saturate(u - (u >> leak) + x + recurrent @ s);  y = s <- u > threshold;  u <- u - threshold * s

    Leaky integrate-and-fire neurons, one an element, beta = 1 - 2^-leak. The reset subtracts the threshold in the frame
    of the spike. `recurrent` (row = target) feeds back the spikes s of the frame before; size 0: no feedback. After a
    spike an element does not spike for `refractory` frames but goes on integrating.

    leak, threshold: one for all or one an element; leak 1 to 15, threshold 1 to the greatest membrane value.
    Shapes: [C] -> [C]. Types: Int of 32 bits at most -> u1; the membrane is Int(bits), signed, of x's exponent; the
    exact sum x + recurrent @ s takes 32 bits at most. State: u, s and the refractory frames left, zeros at first.
    Latency: 0 frames. Corner cases: saturation at both ends, u = threshold (no spike), several thresholds in one frame
    (one spike, the rest stays), 0 <= u < 2^leak (floor: it leaks no more), refractory 0.
    Source: snnTorch's Leaky and RLeaky with reset_delay=False (Eshraghian et al. 2023), which agree while u stays at
    or below 2 * threshold; above, snnTorch asks for another threshold before the next spike.
    """

    leak: tuple[int, ...]
    threshold: tuple[int, ...]
    bits: int
    recurrent: Array = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    refractory: int = 0

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if len(x.shape) != 1 or {len(self.leak), len(self.threshold)} - {1, x.shape[0]}:
            raise GraphError(
                f"expected [C] and one leak and threshold or one an element, "
                f"found {x.shape}, {len(self.leak)} and {len(self.threshold)}"
            )
        if not 2 <= self.bits <= 32 or not 0 <= self.refractory < 1 << 31:
            raise GraphError(
                "expected a membrane of 2 to 32 bits and a refractory time of 0 or more, "
                f"found {self.bits} and {self.refractory}"
            )
        if min(self.leak) < 1 or max(self.leak) > 15:
            raise GraphError(f"expected leaks of 1 to 15, found {self.leak}")
        if min(self.threshold) < 1 or max(self.threshold) > Int(self.bits).max:
            raise GraphError(f"expected thresholds of 1 to {Int(self.bits).max}, found {self.threshold}")
        if self.recurrent.size and self.recurrent.shape != (x.shape[0], x.shape[0]):
            raise GraphError(
                f"expected recurrent weights [{x.shape[0]},{x.shape[0]}] or none, found {list(self.recurrent.shape)}"
            )
        self.drive(x)
        return Stream(x.shape, Int(1, False), x.period)

    def drive(self, x: Stream) -> Int:
        """The type of x + recurrent @ s; GraphError if that takes more than 32 bits."""
        weight = self.recurrent if self.recurrent.size else np.zeros((1, 1), np.int64)
        low, high = np.minimum(weight, 0).sum(1).min(), np.maximum(weight, 0).sum(1).max()
        return exact(x.dtype.min + int(low), x.dtype.max + int(high), x.dtype.exponent)

    @cached_property
    def _leak(self) -> Array:
        return np.array(self.leak)

    @cached_property
    def _threshold(self) -> Array:
        return np.array(self.threshold)

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return np.zeros(x.shape, np.int64), np.zeros(x.shape, np.int64), np.zeros(x.shape, np.int64)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        u, s, wait = state
        drive = frames[0] + self.recurrent @ s if self.recurrent.size else frames[0]
        u = saturate(u - (u >> self._leak) + drive, Int(self.bits)).astype(np.int64)
        s = ((u > self._threshold) & (wait == 0)).astype(np.int64)
        return (u - self._threshold * s, s, np.where(s, self.refractory, np.maximum(wait - 1, 0))), s

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """The reset makes each frame depend on the one before: a loop, with as few calls a frame as it takes."""
        (x,) = frames
        drive, low, high = x.astype(np.int64), Int(self.bits).min, Int(self.bits).max
        leak, threshold, weight = self._leak, self._threshold, self.recurrent
        u, s, wait = (part.copy() for part in state)
        free = wait  # the frame from which on an element may spike
        y = np.zeros(x.shape, np.uint8)
        fires = bool(weight.size and s.any())
        for t in range(len(x)):
            u += drive[t] - (u >> leak)
            if fires:
                u += weight @ s
            np.minimum(np.maximum(u, low, out=u), high, out=u)
            s = u > threshold
            if self.refractory:
                s &= free <= t
            fires = bool(s.any())
            if fires:
                u -= threshold * s
                free = np.where(s, t + 1 + self.refractory, free)
                y[t] = s
            fires = fires and weight.size > 0
        return (u, s.astype(np.int64), np.maximum(free - len(x), 0)), y

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        weight = np.array([[0, 40, -90], [127, -20, 3], [-128, 60, 5]])
        return [
            (cls((3,), (100,), 12), (Stream((4,), Int(8)),)),
            (cls((15, 1), (1, 126), 8), (Stream((2,), Int(8)),)),
            (cls((4, 2, 5), (200, 90, 150), 10, weight, refractory=2), (Stream((3,), Int(7)),)),
            (cls((1,), (1,), 9, refractory=3), (Stream((1,), Int(6, False)),)),
            (cls((2,), (30,), 7, np.array([[-60]])), (Stream((1,), Int(6), period=2),)),
            (cls((6,), (1000,), 12, -weight), (Stream((3,), Int(12, False)),)),
        ]
