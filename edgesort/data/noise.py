"""The high-pass that the whole project means, in floating point, and the noise level behind it."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, sosfilt

from edgesort.fixed import Array

CUTOFF_HZ = 300.0
ORDER = 2


def sections(sampling_frequency: float) -> Array:
    """Second-order sections [1, 6] of the causal Butterworth high-pass, 300 Hz, order 2."""
    return np.asarray(butter(ORDER, CUTOFF_HZ, "highpass", fs=sampling_frequency, output="sos"))


def highpass(samples: Array, sampling_frequency: float) -> Array:
    """Samples [T] or [T, C] -> float64 of the same shape; starts at rest on the first sample."""
    x = np.asarray(samples, np.float64)
    return np.asarray(sosfilt(sections(sampling_frequency), x - x[:1], axis=0))


def mad(filtered: Array) -> float:
    """Standard deviation of the noise, estimated as median(|x|) / 0.6745, which spikes hardly move."""
    return float(np.median(np.abs(filtered)) / 0.6745)
