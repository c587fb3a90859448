"""Spikes of any shape, by their power: the peaks of what lies in the subspace that loud spikes span."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import oaconvolve
from scipy.stats import chi2

from edgesort.data.errors import DataError
from edgesort.data.matching import Whitened
from edgesort.fixed import Array
from edgesort.train.contrast import LENGTH, MARGIN

LOUD = 5.0  # times the noise: spikes from which the shape of all others is learned
RANK = 3  # waveforms that span a spike on one channel
FALSE_HZ = 0.1  # detections a second and site that white noise alone makes
LOCKOUT_S = 0.001
BEFORE_S, AFTER_S = 0.0006, 0.0014  # of a spike's subspace
EARLY = LENGTH // 3  # samples of a snippet before its spike
FEWEST, MOST = 30, 4000  # spikes that the subspace is learned from


@dataclass(frozen=True)
class Detected:
    """times: frames of the spikes' greatest power. sites: the channel around which that is."""

    times: Array
    sites: Array


def detect(data: Whitened, near: Array) -> Detected:
    """Peaks of the power in the subspace of spike shapes, over each channel's neighbours `near` [C, n].

    A matched subspace detector (Scharf & Friedlander 1994): in white noise the power is chi-square, so the threshold
    follows from FALSE_HZ. The subspace is that of spikes beyond LOUD deviations. DataError without any.
    """
    lockout = round(LOCKOUT_S * data.sampling_frequency)
    basis = _basis(data)
    before = round(BEFORE_S * data.sampling_frequency)
    power = np.zeros(data.samples.shape, np.float32)
    for shape in basis:
        made = oaconvolve(data.samples, shape[::-1, None].astype(np.float32), axes=0)
        power += made[len(shape) - 1 - before :][: len(power)] ** 2
    best, owner = np.zeros(len(power), np.float32), np.zeros(len(power), np.int64)
    for site in range(len(near)) if near.shape[1] < len(near) else [0]:
        total = power[:, near[site]].sum(1)
        owner[total > best] = site
        best = np.maximum(best, total)
    level = chi2.isf(FALSE_HZ / data.sampling_frequency, len(basis) * near.shape[1])
    peaks = np.flatnonzero((best > level) & (best == maximum_filter1d(best, 2 * lockout + 1)))
    edge = data.length + LENGTH
    peaks = peaks[(peaks >= edge) & (peaks < len(best) - edge)]
    return Detected(peaks, owner[peaks])


def snippets(samples: Array, times: Array, channels: Array) -> Array:
    """float32 [N, n, LENGTH + 2 * MARGIN] around each of `times`, on its own row of `channels` [N, n]."""
    window = times[:, None] + np.arange(-EARLY - MARGIN, LENGTH - EARLY + MARGIN)
    return np.ascontiguousarray(samples[window[:, None, :], channels[:, :, None]], np.float32)


def quiet_times(times: Array, count: int, end: int, seed: int) -> Array:
    """`count` random frames below `end`, none of them within a snippet of a detection."""
    drawn = np.random.default_rng([seed, 7]).integers(2 * LENGTH, end - 2 * LENGTH, 4 * count)
    after = np.searchsorted(times, drawn)
    padded = np.concatenate([[-LENGTH], times, [end + LENGTH]])
    apart = np.minimum(drawn - padded[after], padded[after + 1] - drawn)
    return np.asarray(drawn[apart > LENGTH // 2][:count])


def _basis(data: Whitened) -> Array:
    """RANK waveforms over time [RANK, K] that hold most of what loud spikes are made of."""
    lockout = round(LOCKOUT_S * data.sampling_frequency)
    loudest = np.abs(data.samples).max(1)
    edge = data.length
    times = np.flatnonzero((loudest > LOUD) & (loudest == maximum_filter1d(loudest, 2 * lockout + 1)))
    times = times[(times >= edge) & (times < len(loudest) - edge)]
    if len(times) < FEWEST:
        raise DataError(
            f"recording: expected {FEWEST} spikes or more beyond {LOUD:g} times the noise, found {len(times)}"
        )
    times = times[:: max(1, len(times) // MOST)]
    window = np.arange(-round(BEFORE_S * data.sampling_frequency), round(AFTER_S * data.sampling_frequency))
    channel = np.abs(data.samples[times]).argmax(1)
    shapes = data.samples[times[:, None] + window, channel[:, None]]
    return np.asarray(np.linalg.svd(shapes / np.linalg.norm(shapes, axis=1)[:, None], full_matrices=False)[2][:RANK])
