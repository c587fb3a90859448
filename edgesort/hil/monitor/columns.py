"""Samples for the eye: high-passed, and of each millisecond the smallest and the largest, so that no spike is lost.

Nothing here reaches the comparison.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from edgesort.fixed import Array

COLUMN_S = 0.001
KEPT_S = 4.0
HIGHPASS_HZ, SPIKES_HZ = 300.0, 5000.0  # of what is sampled at less, spikes are not looked for: it is shown as it is


class HighPass:
    """A second-order Butterworth filter, without a step where it begins."""

    def __init__(self, frequency: float) -> None:
        self.hertz = HIGHPASS_HZ if frequency >= SPIKES_HZ else 0.0
        self.sections = signal.butter(2, HIGHPASS_HZ, "highpass", fs=frequency, output="sos") if self.hertz else None
        self.state: Array | None = None

    def push(self, samples: Array, anew: bool) -> Array:
        """samples [n, channels] -> float32 of the same shape; anew: they do not follow the last ones."""
        if self.sections is None or not len(samples):
            return samples.astype(np.float32)
        if anew or self.state is None:
            self.state = signal.sosfilt_zi(self.sections)[:, :, None] * samples[0]
        shown, self.state = signal.sosfilt(self.sections, samples, axis=0, zi=self.state)
        return np.asarray(shown, np.float32)


class Columns:
    """Of each channel's samples in each column the smallest and the largest; not-a-number where none came.

    frames: of a column. made: columns so far; the last `most` are kept.
    """

    def __init__(self, frequency: float, channels: int) -> None:
        self.frames = max(1, round(COLUMN_S * frequency))
        self.most = max(1, round(KEPT_S * frequency / self.frames))
        self.made, self.next = 0, 0
        self._kept = np.full((self.most, channels, 2), np.nan, np.float32)
        self._rest = np.zeros((0, channels), np.float32)

    def push(self, at: int, samples: Array) -> None:
        """samples [n, channels] from frame `at` on. What lies between them and the last ones is a gap."""
        rest = self._rest if at == self.next else samples[:0]
        start, joined = at - len(rest), np.concatenate([rest, samples])
        first = -(-start // self.frames)
        whole = joined[first * self.frames - start :]
        count = len(whole) // self.frames
        pieces = whole[: count * self.frames].reshape(count, self.frames, samples.shape[1])
        self._place(first, np.stack([pieces.min(axis=1), pieces.max(axis=1)], axis=-1))
        self.next = at + len(samples)
        self._rest = whole[count * self.frames :] if len(whole) else joined

    def since(self, column: int) -> tuple[int, Array]:
        """The first column that is kept from `column` on, and all from there: [n, channels, 2]."""
        first = max(column, self.made - self.most, 0)
        return first, self._kept[np.arange(first, self.made) % self.most]

    def _place(self, first: int, columns: Array) -> None:
        """Columns from number `first` on; where none came before it, a gap."""
        gap = np.arange(max(self.made, first - self.most), first)
        self._kept[gap % self.most] = np.nan
        self.made = first + len(columns)
        last = columns[-self.most :]
        self._kept[np.arange(self.made - len(last), self.made) % self.most] = last
