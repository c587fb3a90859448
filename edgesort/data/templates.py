"""Real spike templates: which units, on which channel, as smooth functions of time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from edgesort.data.errors import DataError
from edgesort.data.noise import highpass
from edgesort.fixed import Array

SAMPLING_FREQUENCY = 20000.0  # of the stark_templates
TAPER = 6  # samples at either end that fade to 0: the stored window cuts the slow flanks off
BEFORE, AFTER = 20, 24  # frames of a rendered waveform around its reference sample
LEAST_SPIKES = 1000  # behind a mean waveform, for it to count as clean


@dataclass(frozen=True)
class Template:
    """A unit's waveform on its largest channel. `spline` is a function of seconds from the largest sample."""

    unit: str
    spline: CubicSpline
    sampling_frequency: float

    def render(self, jitter: float = 0.0) -> Array:
        """Waveform [BEFORE + AFTER] whose largest sample lies `jitter` frames after index BEFORE."""
        t = (np.arange(-BEFORE, AFTER) - jitter) / self.sampling_frequency
        return np.where(np.abs(t) <= self.spline.x[-1], self.spline(np.clip(t, *self.spline.x[[0, -1]])), 0.0)

    def filtered_peak(self) -> float:
        """Greatest deviation of the waveform behind the high-pass: what a spike's SNR is measured on."""
        return float(np.abs(highpass(np.pad(self.render(), 50), self.sampling_frequency)).max())


def load_templates(path: Path, sampling_frequency: float) -> list[Template]:
    """Templates of stark_templates for a recording at `sampling_frequency`, trough-down units with enough spikes."""
    with np.load(path) as content:
        names = sorted(name for name in content.files if name.startswith("unit_"))
        if not names or "n_spikes" not in content.files:
            raise DataError(f"{path}: expected arrays unit_* and n_spikes, found {', '.join(content.files[:5])}")
        counts = content["n_spikes"]
        waveforms = {name: content[name].astype(np.float64) for name in names}
    kept = [name for name, count in zip(names, counts, strict=True) if count >= LEAST_SPIKES]
    mains = {name: waveforms[name][np.ptp(waveforms[name], axis=1).argmax()] for name in kept}
    return [_template(n, w, sampling_frequency) for n, w in mains.items() if w[np.abs(w).argmax()] < 0]


def dissimilar(templates: list[Template], count: int) -> list[Template]:
    """`count` units of clearly different shape: the most typical one, then always the one farthest from those chosen.

    Distance: Euclidean between high-passed waveforms of peak 1, at the best of nine shifts.
    """
    shapes = []
    for template in templates:
        filtered = highpass(
            np.concatenate([np.zeros(20), template.render(), np.zeros(20)]), template.sampling_frequency
        )
        shapes.append(filtered / np.abs(filtered).max())
    array = np.array(shapes)
    shifted = np.stack([np.roll(array, shift, axis=1) for shift in range(-4, 5)])
    distance = np.linalg.norm(shifted[:, :, None] - array, axis=-1).min(0)
    chosen = [int(distance.sum(0).argmin())]
    while len(chosen) < count:
        chosen.append(int(distance[chosen].min(0).argmax()))
    return [templates[k] for k in chosen]


def _template(name: str, waveform: Array, sampling_frequency: float) -> Template:
    fade = 0.5 - 0.5 * np.cos(np.pi * (np.arange(TAPER) + 0.5) / TAPER)
    window = np.concatenate([fade, np.ones(len(waveform) - 2 * TAPER), fade[::-1]])
    padded = np.pad(waveform * window, len(waveform))
    t = (np.arange(len(padded)) - np.abs(padded).argmax()) / SAMPLING_FREQUENCY
    return Template(name, CubicSpline(t, padded), sampling_frequency)
