from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Peak(Op):
    """y[t] = c if c > threshold and c is the peak and the refractory time is over, else 0; c = x[t - reach]

    c is the peak if it exceeds each of the `reach` frames before it and is not exceeded by any of the
    `reach` frames after it, so of equal neighbours the first one counts. After an event the element
    stays silent for `refractory` frames. Each element (unit) is picked by itself.

    threshold: one per element, 0 or more. Shapes: [C] -> [C]. Types: Int -> unsigned, the event's score.
    State: the last 2 * reach frames (zeros at first) and the refractory frames left of each element.
    Latency: `reach` frames. Corner cases: plateaus, saturated peaks, a peak at the threshold, peaks
    closer than the refractory time, refractory 0. Source: Rossant & Harris 2013; Quian Quiroga 2004.
    """

    threshold: tuple[int, ...]
    reach: int
    refractory: int

    def delay(self) -> int:
        return self.reach

    def span(self) -> int:
        return 2 * self.reach

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        if x.shape != (len(self.threshold),):
            raise GraphError(f"expected a threshold for each of {x.shape} elements, found {len(self.threshold)}")
        if min(self.threshold) < 0 or max(self.threshold) > x.dtype.max:
            raise GraphError(f"expected thresholds of 0 to {x.dtype.max}, found {self.threshold}")
        if self.reach < 1 or self.refractory < 0:
            raise GraphError(
                f"expected reach of 1 or more and refractory of 0 or more, found {self.reach} and {self.refractory}"
            )
        return Stream(x.shape, Int.holding(0, x.dtype.max, x.dtype.exponent), x.period)

    def initial_state(self, *inputs: Stream) -> State:
        (x,) = inputs
        return np.zeros((2 * self.reach, *x.shape), x.dtype.container), np.zeros(x.shape, np.int64)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        past, wait = state
        line = np.concatenate([past, frames[0][None]])
        centre = line[self.reach]
        peak = (centre > line[: self.reach]).all(0) & (centre >= line[self.reach + 1 :]).all(0)
        event = peak & (centre > np.array(self.threshold)) & (wait == 0)
        after = (line[1:], np.where(event, self.refractory, np.maximum(wait - 1, 0)))
        return after, np.where(event, centre, 0)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        past, wait = state
        (x,) = frames
        line = np.concatenate([past, x])
        before, centre, later = around(line, self.reach)
        peak = (centre > before) & (centre >= later) & (centre > np.array(self.threshold))
        wait, y = events(peak, centre, wait, self.refractory)
        return (line[len(x) :], wait), y

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        u8 = Int(8, False)
        return [
            (cls((100, 0, 255), reach=4, refractory=10), (Stream((3,), u8),)),
            (cls((20,), reach=1, refractory=0), (Stream((1,), Int(6, False)),)),
            (cls((3, 3), reach=2, refractory=3), (Stream((2,), Int(3, False)),)),
            (cls((10, 0), reach=3, refractory=2), (Stream((2,), Int(8)),)),
            (cls((1,), reach=2, refractory=1), (Stream((1,), Int(2, False), period=2),)),
        ]


def around(line: Array, reach: int) -> tuple[Array, Array, Array]:
    """For each frame with `reach` frames on both sides: the greatest before it, itself, the greatest after it."""
    count = len(line) - 2 * reach
    greatest = sliding_window_view(line, reach, axis=0).max(-1)
    return greatest[:count], line[reach : reach + count], greatest[reach + 1 :]


def events(peak: Array, centre: Array, wait: Array, refractory: int) -> tuple[Array, Array]:
    """The refractory frames left, and the value of each peak that is not within the refractory time, else 0."""
    y, wait = np.zeros(peak.shape, np.int64), wait.copy()
    for element in range(peak.shape[1]):
        free = int(wait[element])  # the first frame at which an event may happen again
        for t in np.flatnonzero(peak[:, element]):
            if t >= free:
                y[t, element] = centre[t, element]
                free = int(t) + refractory + 1
        wait[element] = max(free - len(peak), 0)
    return wait, y
