"""Matched filters: the textbook sorter that is given the labels too, the optimum for spikes apart in Gaussian noise.

    odds_k(t) = w_k' R^-1 x(t) - w_k' R^-1 w_k / 2 + log(rate_k / rate of none)    the unit of the highest odds wins

w_k is a unit's waveform, by least squares, so that overlaps do not blur it; R the autocovariance of what no waveform
explains, each channel by itself. An event is a maximum of the winner's odds; its threshold is the best on the labels.

    limit_k = max over h of rate Q(h - d) / (rate + s exp(-h^2 / 2) / 2 pi),  d^2 = w_k' R^-1 w_k

estimates the accuracy of a unit whose spikes never meet others (not a bound: d is measured on a minute, and a network
may know when a unit does not fire): Q is the normal distribution's tail, s the standard deviation
of the slope of what the filter makes of noise, and the second term how often that crosses h upwards (Rice 1945).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spikeinterface.core as si
import torch
from scipy.linalg import toeplitz
from scipy.ndimage import maximum_filter1d
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import spsolve
from scipy.stats import norm

from edgesort.data.noise import highpass
from edgesort.data.scoring import score
from edgesort.fixed import Array

NAME = "matched filters"
BEFORE_S, AFTER_S = 1e-3, 1.6e-3  # of a waveform
LOCKOUT_S = 0.5e-3  # on either side of an event, in which there is no other
THRESHOLDS = range(-2, 9, 2)  # of the logarithm of the odds
BLOCK = 1 << 17  # frames
HEARD = 1 << 18  # frames of noise that show a filter's slope
LEAST = 0.5  # accuracy that SpikeInterface calls a match


@dataclass(frozen=True)
class Matched:
    """What was found in the whole recording, and each unit's limit."""

    sorting: si.BaseSorting
    limits: tuple[float, ...]


def matched(recording: si.BaseRecording, sorting: si.BaseSorting, end: int) -> Matched:
    """Sort all of `recording` with waveforms and a threshold from the spikes before frame `end`."""
    frequency = recording.get_sampling_frequency()
    before, after = round(BEFORE_S * frequency), round(AFTER_S * frequency)
    x = np.asarray(highpass(recording.get_traces(), frequency), np.float32)
    trains = [sorting.get_unit_spike_train(unit) for unit in sorting.unit_ids]
    known = [train[(train >= before) & (train < end - after)] for train in trains]
    counts = np.array([len(train) for train in known])
    at = _indicators(known, before, after, end)
    waveforms = spsolve((at.T @ at).tocsc(), at.T @ x[:end]).reshape(len(trains), before + after, -1)
    noise = x[:end] - at @ waveforms.reshape(at.shape[1], -1)
    filters = _filters(waveforms, noise)
    energies = np.einsum("ulc,ulc->u", filters, waveforms)
    offsets = np.log(counts / (end - counts.sum())) - energies / 2
    odds = np.full((len(trains), len(x)), -np.inf, np.float32)
    odds[:, before : len(x) - after + 1] = _passed(x, filters) + offsets[:, None]
    best = odds.max(0)
    peaks = np.flatnonzero(best == maximum_filter1d(best, 2 * round(LOCKOUT_S * frequency) + 1))
    units = np.asarray(sorting.unit_ids)[odds[:, peaks].argmax(0)]

    def beyond(threshold: float) -> si.BaseSorting:
        kept = best[peaks] > threshold
        return si.NumpySorting.from_samples_and_labels([peaks[kept]], [units[kept]], frequency)

    found = max(map(beyond, THRESHOLDS), key=lambda found: score(recording, sorting, found, 0, end)["mean_accuracy"])
    own = energies - filters[0].size / counts  # a mean of so many spikes has noise of its own
    slopes = np.diff(_passed(noise[:HEARD], filters)).std(1) / np.sqrt(energies)
    return Matched(found, tuple(map(limit, np.sqrt(np.maximum(own, 0)), slopes, counts / end)))


def limit(apart: float, slope: float, rate: float) -> float:
    """The accuracy above for a unit `apart` standard deviations from noise, of `rate` spikes a frame.

    0 where it is below LEAST: scoring finds no match then.
    """
    threshold = np.linspace(0, apart + 4, 1000)
    false = slope * np.exp(-(threshold**2) / 2) / (2 * np.pi)
    best = float(np.max(rate * norm.sf(threshold - apart) / (rate + false)))
    return best if best >= LEAST else 0.0


def _indicators(trains: list[Array], before: int, after: int, frames: int) -> csr_matrix:
    """[frames, units * (before + after)]: 1 where that sample of that unit's waveform is heard."""
    length = before + after
    heard = [train + lag for train in trains for lag in range(-before, after)]
    column = np.repeat(np.arange(len(trains) * length), [len(frame) for frame in heard])
    frame = np.concatenate(heard)
    return csr_matrix((np.ones(len(frame), np.float32), (frame, column)), shape=(frames, len(trains) * length))


def _filters(waveforms: Array, noise: Array) -> Array:
    """R^-1 w of each unit: [units, samples, channels]."""
    filters = np.empty(waveforms.shape, np.float32)
    length = waveforms.shape[1]
    for channel in range(waveforms.shape[2]):
        covariance = [np.mean(noise[: len(noise) - lag, channel] * noise[lag:, channel]) for lag in range(length)]
        filters[..., channel] = np.linalg.solve(toeplitz(covariance), waveforms[..., channel].T).T
    return filters


def _passed(x: Array, filters: Array) -> Array:
    """Each unit's filter over x [T, C]: [units, T - samples + 1], the window's first sample first."""
    units, length, _ = filters.shape
    weight = torch.from_numpy(filters.transpose(0, 2, 1).copy())
    sums = np.empty((units, len(x) - length + 1), np.float32)
    for start in range(0, sums.shape[1], BLOCK):
        part = torch.from_numpy(x[start : start + BLOCK + length - 1].T.copy())[None]
        sums[:, start : start + BLOCK] = torch.nn.functional.conv1d(part, weight)[0].numpy()
    return sums
