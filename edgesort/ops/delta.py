from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True)
class Delta(Op):
    """up = x - r > threshold, down = r - x > threshold;  r <- r + threshold * (up - down);  y = (up, down)

    Delta modulation to spikes. r is what a receiver can rebuild from the spikes alone; a spike says
    that x has left it by more than the threshold. At most one of up and down is 1, and x is followed by
    one threshold a frame at most.

    threshold: one for all or one per element of the last axis, 1 to the width of x's range.
    Shapes: [..., C] -> [..., 2C], the ups of all C, then the downs. Types: Int -> u1.
    State: r, zeros at first; it never leaves x's range, since it only moves towards x and not beyond.
    Latency: 0 frames. Corner cases: a difference of exactly the threshold (no spike), steps of many
    thresholds, negative x, a threshold that is never reached.
    Source: Corradi & Indiveri 2015, a neuromorphic event-based neural recording system.
    """

    threshold: tuple[int, ...]

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        channels, widest = x.shape[-1], x.dtype.max - x.dtype.min
        if len(self.threshold) not in (1, channels):
            raise GraphError(f"expected 1 or {channels} thresholds, found {len(self.threshold)}")
        if min(self.threshold) < 1 or max(self.threshold) > widest:
            raise GraphError(f"expected thresholds of 1 to {widest}, found {self.threshold}")
        return Stream((*x.shape[:-1], 2 * channels), Int(1, False), x.period)

    def initial_state(self, *inputs: Stream) -> State:
        return (np.zeros(inputs[0].shape, np.int64),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        (r,) = state
        threshold = np.array(self.threshold)
        error = frames[0].astype(np.int64) - r
        up, down = error > threshold, -error > threshold
        return (r + threshold * up - threshold * down,), np.concatenate([up, down], axis=-1)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """A recursion with a comparison: a plain loop an element, which notes the few frames with a spike."""
        (x,) = frames
        size = prod(x.shape[1:])
        columns, r = x.reshape(len(x), size), state[0].flatten()
        ups, downs = np.zeros(columns.shape, np.uint8), np.zeros(columns.shape, np.uint8)
        thresholds = np.broadcast_to(np.array(self.threshold), x.shape[1:]).flatten().tolist()
        for element, threshold in enumerate(thresholds):
            up, down, level = [], [], int(r[element])
            for t, sample in enumerate(columns[:, element].tolist()):
                if sample - level > threshold:
                    level += threshold
                    up.append(t)
                elif level - sample > threshold:
                    level -= threshold
                    down.append(t)
            r[element], ups[up, element], downs[down, element] = level, 1, 1
        y = np.concatenate([ups.reshape(x.shape), downs.reshape(x.shape)], axis=-1)
        return (r.reshape(state[0].shape),), y

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        return [
            (cls((20,)), (Stream((3,), Int(8)),)),
            (cls((1, 9, 300)), (Stream((2, 3), Int(9, False)),)),
            (cls((1,)), (Stream((1,), Int(3)),)),
            (cls((255, 1)), (Stream((2,), Int(8), period=2),)),
            (cls((3000,)), (Stream((4,), Int(16)),)),
            (cls((1,)), (Stream((2,), Int(1)),)),
        ]
