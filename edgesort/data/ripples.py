"""Ripples at known times in a real field potential: bursts of 110 to 200 Hz added to rat hippocampus without its own.

The background has ripples that nobody marked: stretches in which its ripple band exceeds LIMIT standard deviations
are left out, and what remains is joined with a cross-fade.
"""

from __future__ import annotations

import hashlib

import numpy as np
import spikeinterface.core as si
from scipy.ndimage import binary_dilation
from scipy.signal import butter, hilbert, sosfiltfilt

from edgesort.data import catalog
from edgesort.data.hybrid import Hybrid
from edgesort.data.spans import runs, to_sorting
from edgesort.fixed import Array

SAMPLING_FREQUENCY = 1000.0
BAND_HZ = (80.0, 250.0)
LIMIT = 3.0  # standard deviations of the band's envelope above its mean
FADE = 100  # frames either side of one of its own ripples that are left out, and of a cross-fade
RIPPLE_HZ, DURATION_S = (110.0, 200.0), (0.04, 0.1)  # ranges; duration: while the envelope exceeds a half
STRENGTH = (3.0, 6.0)  # peak over the background's root mean square in the ripple band
PAUSE_S = (0.3, 1.5)


def in_band(samples: Array) -> Array:
    """The ripple band of samples [T], without a shift in time."""
    return np.asarray(sosfiltfilt(butter(3, BAND_HZ, "bandpass", fs=SAMPLING_FREQUENCY, output="sos"), samples))


def background() -> Array:
    """float64 [T]: neurodsp_lfp's sample_data_2, 1 kHz, without stretches that may hold a ripple."""
    whole = np.load(catalog.get_file("neurodsp_lfp", "sample_data_2.npy")).astype(np.float64)
    envelope = np.abs(hilbert(in_band(whole)))
    loud = envelope > envelope.mean() + LIMIT * envelope.std()
    quiet = runs(~binary_dilation(loud, iterations=FADE))
    parts = [whole[start:end] for start, end in quiet if end - start > 4 * FADE]
    ramp = np.linspace(0, 1, FADE)
    joined = [parts[0]]
    for part in parts[1:]:
        mixed = joined[-1][-FADE:] * (1 - ramp) + part[:FADE] * ramp
        joined[-1] = joined[-1][:-FADE]
        joined += [mixed, part[FADE:]]
    return np.concatenate(joined)


def simulated(seed: int) -> Hybrid:
    """The background with ripples; the sorting's spans are where a ripple's envelope exceeds half of its peak."""
    samples = background()
    level = float(np.sqrt(np.mean(in_band(samples) ** 2)))
    rng = np.random.default_rng([seed])
    spans, at = [], 0
    while True:
        width = rng.uniform(*DURATION_S) * SAMPLING_FREQUENCY
        wave = level * rng.uniform(*STRENGTH) * _ripple(rng, width)
        at += round(rng.uniform(*PAUSE_S) * SAMPLING_FREQUENCY)
        if at + len(wave) > len(samples):
            break
        samples[at : at + len(wave)] += wave
        middle = at + len(wave) / 2
        spans.append((round(middle - width / 2), round(middle + width / 2)))
        at += len(wave)
    final = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    facts = {
        "kind": "ripples",
        "background": "neurodsp_lfp/sample_data_2.npy",
        "ripples": len(spans),
        "strength": STRENGTH,
        "band_rms": level,
        "seconds": len(final) / SAMPLING_FREQUENCY,
        "sampling_frequency": SAMPLING_FREQUENCY,
        "seed": seed,
        "sha256": hashlib.sha256(final.tobytes()).hexdigest(),
    }
    recording = si.NumpyRecording([final[:, None]], SAMPLING_FREQUENCY)
    return Hybrid(recording, to_sorting(np.array(spans), SAMPLING_FREQUENCY), facts)


def _ripple(rng: np.random.Generator, width: float) -> Array:
    """A tone under a Gaussian envelope of peak 1 that exceeds a half for `width` frames; 3 deviations either side."""
    deviation = width / np.sqrt(8 * np.log(2))
    t = np.arange(-round(3 * deviation), round(3 * deviation))
    tone = np.cos(2 * np.pi * (rng.uniform(*RIPPLE_HZ) / SAMPLING_FREQUENCY * t + rng.uniform()))
    return np.asarray(np.exp(-0.5 * (t / deviation) ** 2) * tone)
