from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream
from edgesort.ops.peak import Peak, around, events


@dataclass(frozen=True, eq=False)
class LocalPeak(Op):
    """y[t, i] = c if c > threshold[i] and c is the peak and i's refractory time is over, else 0; c = x[t - reach, i]

    Peak over neighbouring channels. c is the peak if, within `reach` frames of it in channel i and in
    i's neighbours, it exceeds every value that comes before it and is not exceeded by any that comes
    after it. Values come frame by frame, channel 0 first, so of equal ones the first one counts.
    After an event only channel i is silent for `refractory` frames.

    neighbours: [C, C] of 0 and 1, row i marks the neighbours of channel i, the diagonal is 0.
    threshold: one per channel, 0 or more. Shapes: [C] -> [C]. Types: Int -> unsigned, the event's score.
    State: the last 2 * reach frames (zeros at first) and the refractory frames left of each channel.
    Latency: `reach` frames. Corner cases: equal peaks in one frame and in two, a neighbour that is none
    the other way round, no neighbours, all neighbours, refractory 0.
    Source: the locally exclusive peak detection of SpikeInterface; Rossant et al. 2016.
    """

    threshold: tuple[int, ...]
    neighbours: Array
    reach: int
    refractory: int

    @property
    def alone(self) -> Peak:
        """The same without neighbours."""
        return Peak(self.threshold, self.reach, self.refractory)

    def delay(self) -> int:
        return self.alone.delay()

    def span(self) -> int:
        return self.alone.span()

    def infer(self, *inputs: Stream) -> Stream:
        channels = len(self.threshold)
        if self.neighbours.shape != (channels, channels):
            raise GraphError(f"expected neighbours [{channels}, {channels}], found {list(self.neighbours.shape)}")
        if not np.isin(self.neighbours, (0, 1)).all() or self.neighbours.diagonal().any():
            raise GraphError("expected neighbours of 0 and 1 and a diagonal of 0, found others")
        return self.alone.infer(*inputs)

    def initial_state(self, *inputs: Stream) -> State:
        return self.alone.initial_state(*inputs)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        past, wait = state
        line = np.concatenate([past, frames[0][None]])
        centre = line[self.reach]
        order = np.arange(line.size).reshape(line.shape)
        peak = [self._is_peak(line, order < order[self.reach, i], i) for i in range(len(centre))]
        event = np.array(peak) & (centre > np.array(self.threshold)) & (wait == 0)
        after = (line[1:], np.where(event, self.refractory, np.maximum(wait - 1, 0)))
        return after, np.where(event, centre, 0)

    def _is_peak(self, line: Array, before: Array, channel: int) -> bool:
        c, seen = line[self.reach, channel], self._seen[channel]
        return bool((np.where(before, c > line, c >= line) | ~seen).all())

    @property
    def _seen(self) -> Array:
        """Row i marks channel i and its neighbours."""
        return self.neighbours.astype(bool) | np.eye(len(self.threshold), dtype=bool)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        past, wait = state
        (x,) = frames
        line = np.concatenate([past, x])
        before, centre, later = around(line, self.reach)
        peak = centre > np.array(self.threshold)
        for i, seen in enumerate(self._seen):
            c = centre[:, i, None]
            peak[:, i] &= (c > before[:, seen]).all(1) & (c >= later[:, seen]).all(1)
            peak[:, i] &= (c > centre[:, :i][:, seen[:i]]).all(1) & (c >= centre[:, i:][:, seen[i:]]).all(1)
        wait, y = events(peak, centre, wait, self.refractory)
        return (line[len(x) :], wait), y

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        def probe(channels: int, distance: int) -> Array:
            """Channels on a line, neighbours up to a distance."""
            apart = abs(np.subtract.outer(np.arange(channels), np.arange(channels)))
            return np.array((apart > 0) & (apart <= distance), np.int64)

        one_way = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
        return [
            (cls((3, 3, 0, 2), probe(4, 1), reach=2, refractory=3), (Stream((4,), Int(3, False)),)),
            (cls((0, 0, 0), probe(3, 2), reach=1, refractory=0), (Stream((3,), Int(2, False)),)),
            (cls((100, 0, 255), one_way, reach=4, refractory=10), (Stream((3,), Int(8, False)),)),
            (cls((1, 0), probe(2, 0), reach=2, refractory=1), (Stream((2,), Int(3)),)),
            (cls((3,), probe(1, 1), reach=3, refractory=2), (Stream((1,), Int(8), period=2),)),
        ]
