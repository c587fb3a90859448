"""How well a recording was segmented: sample by sample, each class against chance, and event by event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgesort.fixed import Array


def overlap(found: Array, true: Array) -> float:
    """Samples in both over samples in either: 1 where they agree, and little by chance."""
    return float((found & true).sum() / max(1, (found | true).sum()))


def classes(marks: Array) -> Array:
    """bool [T, rows] -> uint8 [T]: the highest row that is True counts, from 1; 0 is none of them."""
    order = np.arange(1, marks.shape[1] + 1)
    return np.asarray((marks * order).max(1), np.uint8)


def by_class(found: Array, true: Array, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Intersection over union and F1 of each class of uint8 [T]; by chance: the same answers moved round by half."""
    moved = np.roll(found, len(found) // 2)
    scores = {}
    for index, name in enumerate(names):
        iou, chance = (overlap(answers == index, true == index) for answers in (found, moved))
        scores[name] = {"iou": iou, "f1": _f1(iou), "chance_iou": chance, "chance_f1": _f1(chance)}
    return scores


def by_event(found: Array, true: Array, frames: int, sampling_frequency: float) -> dict[str, float]:
    """Spans [n, 2] against spans: a true one is found if a found one touches it; a found one that touches none is a
    false alarm. F1 of recall (of the true ones) and precision (of the found ones); the same for the found ones moved
    round by half of the `frames`. latency_ms: median time from a true start to the first found sample in it."""
    scores = _events(found, true)
    half = (found + frames // 2) % frames
    moved = half[half[:, 0] < half[:, 1]]
    firsts = [found[(found[:, 1] > start) & (found[:, 0] < end), 0] for start, end in true]
    waits = [max(0, int(hits[0] - start)) for hits, (start, _) in zip(firsts, true, strict=True) if len(hits)]
    false = scores.pop("false_alarms")
    return scores | {
        "chance_f1": _events(moved[np.argsort(moved[:, 0])], true)["f1"],
        "false_alarms_per_minute": 60 * false * sampling_frequency / frames,
        "latency_ms": 1000 * float(np.median(waits)) / sampling_frequency if waits else float("nan"),
    }


def _events(found: Array, true: Array) -> dict[str, float]:
    hit, right = _touched(true, found), _touched(found, true)
    recall, precision = float(hit.sum() / max(1, len(true))), float(right.sum() / max(1, len(found)))
    f1 = 2 * recall * precision / max(1e-9, recall + precision)
    return {
        "events": len(true),
        "recall": recall,
        "precision": precision,
        "f1": f1,
        "false_alarms": int((~right).sum()),
    }


def _touched(spans: Array, others: Array) -> Array:
    return np.array([((others[:, 0] < end) & (others[:, 1] > start)).any() for start, end in spans], bool)


def _f1(iou: float) -> float:
    return 2 * iou / (1 + iou)
