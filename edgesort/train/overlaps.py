"""Overlapping spikes: in training each epoch adds every unit's mean waveform at random times to the recording.

Superposed waveforms in recorded noise are what YASS trains its detector on (Lee et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal.windows import tukey

from edgesort.fixed import Array

BEFORE_S, AFTER_S = 1.25e-3, 2e-3  # of a waveform; the taper takes a sixth at either end
TAPER = 1 / 3
GAIN_SD = 0.1  # a unit's spikes differ in size

Targets = Callable[[Sequence[Array]], Array]  # spike trains -> [rows, T]


@dataclass(frozen=True)
class Overlaps:
    """rate_hz: spikes a second of each unit that are added; rates: of each, in spikes a frame. waveforms: [units,
    frames, channels], whose frame `before` is the spike's. targets: what the network shall answer to spike trains."""

    rate_hz: float
    rates: Array
    waveforms: Array
    before: int
    targets: Targets

    def __call__(self, inputs: Array, targets: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """The inputs [T, C] and targets [rows, T] with further spikes; those given stay as they are."""
        heard, last = inputs.copy(), len(inputs) - self.waveforms.shape[1] + self.before
        trains = []
        for rate, waveform in zip(self.rates, self.waveforms, strict=True):
            train = np.unique(rng.integers(self.before, last, rng.poisson(rate * len(inputs))))
            gain = rng.normal(1, GAIN_SD, (len(train), 1)).astype(np.float32)
            for lag, values in enumerate(waveform, -self.before):
                heard[train + lag] += gain * values
            trains.append(train)
        return heard, np.maximum(targets, self.targets(trains))


def overlaps(inputs: Array, trains: Sequence[Array], frequency: float, rate_hz: float, targets: Targets) -> Overlaps:
    """Of the units whose spikes in `inputs`, float32 [T, C], are `trains`; one without spikes there gets none."""
    before, after = round(BEFORE_S * frequency), round(AFTER_S * frequency)
    inside = [train[(train >= before) & (train < len(inputs) - after)] for train in trains]
    waveforms = np.zeros((len(trains), before + after, inputs.shape[1]), np.float32)
    for lag, taper in enumerate(tukey(before + after, TAPER)):
        for unit, train in enumerate(inside):
            if len(train):
                waveforms[unit, lag] = taper * inputs[train + lag - before].mean(0)
    rates = np.array([rate_hz / frequency if len(train) else 0.0 for train in inside])
    return Overlaps(rate_hz, rates, waveforms, before, targets)
