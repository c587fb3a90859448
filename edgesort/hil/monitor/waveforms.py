"""Each unit's last waveforms and their mean, on the channel where it is largest. For the eye."""

from __future__ import annotations

from collections import deque

import numpy as np

from edgesort.fixed import Array

BEFORE_S, AFTER_S = 0.001, 0.0015
SHOWN = 24  # single waveforms of a unit
MEMORY = 200  # spikes that the mean is of, about
MOST = 64  # that are cut out at a time
NEAR = 0.5  # of the largest channel's amplitude, from which the spike is on a channel, too


class Waveforms:
    """before, length: frames of a waveform before its peak, and in all."""

    def __init__(self, units: int, channels: int, frequency: float, delay: int) -> None:
        self.before, after = max(2, round(BEFORE_S * frequency)), max(2, round(AFTER_S * frequency))
        self.length = self.before + after + 1
        self.means = np.zeros((units, self.length, channels), np.float32)
        self.counts = np.zeros(units, np.int64)
        self.shown = [deque[Array](maxlen=SHOWN) for _ in range(units)]
        self.channels = np.zeros(units, np.int64)
        self._reach = delay + 2 * self.length
        self._end, self._tail = 0, np.zeros((0, channels), np.float32)
        self._waiting: deque[tuple[int, int]] = deque(maxlen=MOST)

    def push(self, at: int, samples: Array, peaks: Array, units: Array) -> None:
        """samples [n, channels] from frame `at` on, and spikes in them, or a little before or after."""
        if at != self._end:
            self._tail = samples[:0]
            self._waiting.clear()
        self._end = at + len(samples)
        joined = np.concatenate([self._tail, samples])
        self._waiting.extend(zip(peaks.tolist(), units.tolist(), strict=True))
        for _ in range(len(self._waiting)):
            self._cut(joined, *self._waiting.popleft())
        self._tail = joined[-self._reach :]

    def near(self, unit: int) -> list[int]:
        """Channels on which the unit's spikes are to be seen, the largest first."""
        heights = np.ptp(self.means[unit], axis=0)
        order = np.argsort(-heights, kind="stable")
        return [int(c) for c in order if heights[c] >= NEAR * heights[order[0]] > 0]

    def _cut(self, samples: Array, peak: int, unit: int) -> None:
        """The waveform around a peak; kept waiting if its end did not come yet."""
        first = peak - self.before - (self._end - len(samples))
        if first + self.length > len(samples):
            self._waiting.append((peak, unit))
            return
        if first < 0:
            return
        found = samples[first : first + self.length]
        self.counts[unit] += 1
        self.means[unit] += (found - self.means[unit]) / min(self.counts[unit], MEMORY)
        largest = int(np.ptp(self.means[unit], axis=0).argmax())
        if largest != self.channels[unit]:
            self.shown[unit].clear()
            self.channels[unit] = largest
        self.shown[unit].append(found[:, largest].copy())
