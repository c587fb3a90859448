"""From scores to spikes, with the device's own peak picker, and the thresholds it needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.ops import Peak

MATCH_S = 0.0004  # as in the final score
SMOOTH = 5  # neighbouring thresholds whose accuracies are averaged, so that luck at one does not decide


def spikes(scores: Array, peak: Peak, delay: int) -> list[Array]:
    """Spike frames of each row of integer `scores` [T, rows], if a spike's score peaks `delay` frames after it."""
    stream = Stream(scores.shape[1:], Int(31, False))
    _, events = peak.run(peak.initial_state(stream), scores)
    return [np.flatnonzero(events[:, row]) - peak.reach - delay for row in range(scores.shape[1])]


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
    reach: int,
    refractory: int,
    delay: int,
    sampling_frequency: float,
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """For each row of integer `scores` [T, rows] the best threshold of the sorted `candidates`, and its accuracy.

    trains: the true spike frames of each row in the same frames. Best: the accuracy averaged over
    neighbouring candidates is greatest, the least such threshold.
    """
    chosen, reached = [], []
    for row, train in enumerate(trains):
        peak = Peak(tuple(int(c) for c in candidates), reach, refractory)
        found = spikes(np.repeat(scores[:, row : row + 1], len(candidates), axis=1), peak, delay)
        exact = np.array([accuracy(train, f, MATCH_S * sampling_frequency) for f in found])
        padded = np.pad(exact, SMOOTH // 2, mode="edge")
        best = int(np.convolve(padded, np.ones(SMOOTH) / SMOOTH, "valid").argmax())
        chosen.append(int(candidates[best]))
        reached.append(float(exact[best]))
    return tuple(chosen), tuple(reached)
