"""From scores to spikes, with the device's own peak picker, and the thresholds it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.ops import Peak

MATCH_S = 0.0004  # as in the final score
SMOOTH = 5  # neighbouring thresholds whose accuracies are averaged, so that luck at one does not decide


@dataclass(frozen=True)
class Picking:
    """How spikes are read off scores, of which there is one every `stride` samples.

    delay: samples from a spike to the last one of the frame that scores highest. reach, refractory: of Peak, in
    frames of scores.
    """

    delay: int
    reach: int
    refractory: int
    stride: int = 1

    @property
    def event_delay(self) -> int:
        """Samples from a spike to the last one of the frame in which its event leaves the device."""
        return self.delay + self.reach * self.stride

    def peak(self, thresholds: Sequence[int]) -> Peak:
        return Peak(tuple(thresholds), self.reach, self.refractory)


def spikes(scores: Array, thresholds: Sequence[int], picking: Picking) -> list[Array]:
    """Spike times, in samples, of each row of integer `scores` [T, rows]."""
    stream, peak = Stream(scores.shape[1:], Int(31, False)), picking.peak(thresholds)
    _, events = peak.run(peak.initial_state(stream), scores)
    rows = [np.flatnonzero(events[:, row]) for row in range(scores.shape[1])]
    return [(frames + 1) * picking.stride - 1 - picking.event_delay for frames in rows]


def accuracy(true: Array, found: Array, frames: float) -> float:
    """tp / (tp + fn + fp) for sorted spike frames, each true spike matched with one found within `frames` at most."""
    hits = i = j = 0
    while i < len(true) and j < len(found):
        if abs(int(true[i]) - int(found[j])) <= frames:
            hits, i, j = hits + 1, i + 1, j + 1
        elif true[i] < found[j]:
            i += 1
        else:
            j += 1
    return hits / max(1, len(true) + len(found) - hits)


def choose_thresholds(
    scores: Array,
    trains: Sequence[Array],
    candidates: Array,
    picking: Picking,
    sampling_frequency: float,
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """For each row of integer `scores` [T, rows] the best threshold of the sorted `candidates`, and its accuracy.

    trains: the true spikes of each row, in samples from that of the first score on. Best: the accuracy averaged over
    neighbouring candidates is greatest, the least such threshold.
    """
    chosen, reached = [], []
    for row, train in enumerate(trains):
        found = spikes(np.repeat(scores[:, row : row + 1], len(candidates), axis=1), candidates.tolist(), picking)
        exact = np.array([accuracy(train, f, MATCH_S * sampling_frequency) for f in found])
        padded = np.pad(exact, SMOOTH // 2, mode="edge")
        best = int(np.convolve(padded, np.ones(SMOOTH) / SMOOTH, "valid").argmax())
        chosen.append(int(candidates[best]))
        reached.append(float(exact[best]))
    return tuple(chosen), tuple(reached)
