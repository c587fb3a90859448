"""Which part of a recording trains, which chooses thresholds, which is scored: in time, never mixed."""

from __future__ import annotations

from dataclasses import dataclass

from edgesort.data.errors import DataError

GAP_S = 0.02  # left out before each later part, longer than any receptive field and filter memory that matter


@dataclass(frozen=True)
class Split:
    """Frames [start, end) of each part."""

    train: tuple[int, int]
    threshold: tuple[int, int]
    score: tuple[int, int]


def split(frames: int, sampling_frequency: float, labelled_s: float | None = None) -> Split:
    """The first half trains, the next tenth chooses thresholds, the rest is scored; gaps of 20 ms between.

    labelled_s: seconds from the start that have labels: five sixths of them train, one chooses thresholds.
    """
    gap = round(GAP_S * sampling_frequency)
    half, tenth = frames // 2, frames // 10
    if labelled_s is not None:
        known = round(labelled_s * sampling_frequency)
        if not 0 < known <= frames - 100 * gap:
            most = (frames - 100 * gap) / sampling_frequency
            raise DataError(
                f"labels: expected them to end by {most:g} s, so that the rest can be scored, found {labelled_s:g} s"
            )
        half, tenth = known - known // 6, known // 6
    if tenth <= 10 * gap:
        raise DataError(
            f"recording: expected {100 * gap} frames or more to train on, found {frames}; give a longer one"
        )
    return Split((0, half), (half + gap, half + tenth), (half + tenth + gap, frames))
