"""Pieces of a recording to draw: where to look, on which channel, and the waveforms of a spike train."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array
from edgesort.report.results import Pictures

OVERLAP_S = 0.001
BEFORE_S, AFTER_S = 0.001, 0.0015


@dataclass(frozen=True)
class Span:
    """Frames [first, last) of the pictures' arrays."""

    first: int
    last: int

    @staticmethod
    def around(pictures: Pictures, centre: int, seconds: float) -> Span:
        """`seconds` around a frame, moved inwards at the ends."""
        length = min(round(seconds * pictures.sampling_frequency), len(pictures.frames))
        first = min(max(0, centre - length // 2), len(pictures.frames) - length)
        return Span(first, first + length)

    @property
    def slice(self) -> slice:
        return slice(self.first, self.last)

    @property
    def frames(self) -> Array:
        return np.arange(self.first, self.last)


def inside(train: Array, pictures: Pictures, span: Span) -> Array:
    """Spikes of a train (frames of the recording) that lie in the span, as frames of the pictures' arrays."""
    local = np.asarray(train, np.int64) - pictures.start
    return local[(local >= span.first) & (local < span.last)]


def drawn(pictures: Pictures, train: Array | None) -> Array:
    """The spikes of a train that lie within the pictures, as frames of the recording; none without a train."""
    if train is None:
        return np.zeros(0, np.int64)
    return inside(train, pictures, Span(0, len(pictures.frames))) + pictures.start


def owners(pictures: Pictures, span: Span, reach: int) -> Array:
    """For each frame of the span, the index of the found train whose spike is nearest, -1 if none within `reach`."""
    owner, nearest = np.full(len(span.frames), -1), np.full(len(span.frames), reach + 1)
    for index, train in enumerate(pictures.found.values()):
        for spike in inside(train, pictures, span):
            distance = np.abs(span.frames - spike)
            closer = distance < nearest
            owner[closer], nearest[closer] = index, distance[closer]
    return owner


def loudest(pictures: Pictures) -> int:
    """The channel on which true (else found) spikes are largest against the noise."""
    trains = (pictures.truth or pictures.found).values()
    spikes = np.concatenate([np.zeros(0, np.int64), *(drawn(pictures, t) for t in trains)]) - pictures.start
    level = np.abs(pictures.filtered)
    noise = np.median(level, axis=0) + 1e-9
    return int(np.argmax((level[spikes].mean(0) if len(spikes) else level.max(0)) / noise))


def busiest(pictures: Pictures, seconds: float) -> int:
    """The frame of an overlap (two units within OVERLAP_S) with most units near it, else of any true spike.

    Chosen by the truth alone: whether the spikes were found plays no part.
    """
    trains = pictures.truth or pictures.found
    local = [drawn(pictures, train) - pictures.start for train in trains.values()]
    frames = np.concatenate([np.zeros(0, np.int64), *local])
    units = np.repeat(np.arange(len(local)), [len(train) for train in local])
    order = np.argsort(frames, kind="stable")
    frames, units = frames[order], units[order]
    if not len(frames):
        return len(pictures.frames) // 2
    close = (np.diff(frames) <= OVERLAP_S * pictures.sampling_frequency) & (np.diff(units) != 0)
    candidates = frames[:-1][close] if close.any() else frames
    half = round(seconds * pictures.sampling_frequency / 2)
    whole = candidates[(candidates >= half) & (candidates < len(pictures.frames) - half)]
    candidates = whole if len(whole) else candidates
    near = [units[np.searchsorted(frames, c - half) : np.searchsorted(frames, c + half)] for c in candidates]
    return int(candidates[np.argmax([len(np.unique(n)) + len(n) / 1e6 for n in near])])


def snippets(pictures: Pictures, train: Array) -> tuple[Array, Array]:
    """Times in ms [S], and the high-passed waveforms [n, S] around the spikes, on the train's largest channel."""
    rate = pictures.sampling_frequency
    offsets = np.arange(-round(BEFORE_S * rate), round(AFTER_S * rate) + 1)
    complete = Span(-int(offsets[0]), len(pictures.filtered) - int(offsets[-1]))
    spikes = inside(train, pictures, complete)
    cut = pictures.filtered[spikes[:, None] + offsets]
    channel = int(np.ptp(cut.mean(0), axis=0).argmax()) if len(spikes) else 0
    return offsets / rate * 1e3, cut[..., channel]
