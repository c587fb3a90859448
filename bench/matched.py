"""Matched filters: the textbook sorter that is given the labels too, the optimum for spikes apart in Gaussian noise.

    odds_k(t) = w_k' R^-1 x(t) - w_k' R^-1 w_k / 2 + log(rate_k / rate of none)    the unit of the highest odds wins

w_k is a unit's waveform, by least squares, so that overlaps do not blur it; R the autocovariance of what no waveform
explains, each channel by itself. An event is a maximum of the winner's odds; its threshold is the best on the labels.
"""

from __future__ import annotations

import numpy as np
import spikeinterface.core as si
import torch
from scipy.linalg import toeplitz
from scipy.ndimage import maximum_filter1d
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import spsolve

from edgesort.data.noise import highpass
from edgesort.data.scoring import score
from edgesort.fixed import Array

NAME = "matched filters"
BEFORE_S, AFTER_S = 1e-3, 1.6e-3  # of a waveform
LOCKOUT_S = 0.5e-3  # on either side of an event, in which there is no other
THRESHOLDS = range(-2, 9, 2)  # of the logarithm of the odds
BLOCK = 1 << 17  # frames


def matched(recording: si.BaseRecording, sorting: si.BaseSorting, end: int) -> si.BaseSorting:
    """What the filters find in all of `recording`, their waveforms and threshold from the spikes before frame `end`."""
    frequency = recording.get_sampling_frequency()
    before, after = round(BEFORE_S * frequency), round(AFTER_S * frequency)
    x = np.asarray(highpass(recording.get_traces(), frequency), np.float32)
    trains = [sorting.get_unit_spike_train(unit) for unit in sorting.unit_ids]
    known = [train[(train >= before) & (train < end - after)] for train in trains]
    at = csr_matrix(_indicators(known, before, after, end))
    waveforms = spsolve((at.T @ at).tocsc(), at.T @ x[:end]).reshape(len(trains), before + after, -1)
    noise = x[:end] - at @ waveforms.reshape(at.shape[1], -1)
    odds = _odds(x, waveforms, noise, np.array([len(train) for train in known]) / end, before)
    best = odds.max(0)
    peaks = np.flatnonzero(best == maximum_filter1d(best, 2 * round(LOCKOUT_S * frequency) + 1))
    units = np.asarray(sorting.unit_ids)[odds[:, peaks].argmax(0)]

    def beyond(threshold: float) -> si.BaseSorting:
        kept = best[peaks] > threshold
        return si.NumpySorting.from_samples_and_labels([peaks[kept]], [units[kept]], frequency)

    return max(map(beyond, THRESHOLDS), key=lambda found: score(recording, sorting, found, 0, end)["mean_accuracy"])


def _indicators(trains: list[Array], before: int, after: int, frames: int) -> csr_matrix:
    """[frames, units * (before + after)]: 1 where that sample of that unit's waveform is heard."""
    length = before + after
    heard = [train + lag for train in trains for lag in range(-before, after)]
    column = np.repeat(np.arange(len(trains) * length), [len(frame) for frame in heard])
    frame = np.concatenate(heard)
    return csr_matrix((np.ones(len(frame), np.float32), (frame, column)), shape=(frames, len(trains) * length))


def _odds(x: Array, waveforms: Array, noise: Array, rates: Array, before: int) -> Array:
    """The logarithm of the odds of each unit [units, T]; none before the first and after the last whole window."""
    units, length, channels = waveforms.shape
    filters = np.empty_like(waveforms)
    for channel in range(channels):
        covariance = [np.mean(noise[: len(noise) - lag, channel] * noise[lag:, channel]) for lag in range(length)]
        filters[..., channel] = np.linalg.solve(toeplitz(covariance), waveforms[..., channel].T).T
    offset = np.log(rates / (1 - rates.sum())) - np.einsum("ulc,ulc->u", filters, waveforms) / 2
    odds = np.full((units, len(x)), -np.inf, np.float32)
    weight = torch.from_numpy(filters.transpose(0, 2, 1).astype(np.float32))
    for start in range(0, len(x) - length + 1, BLOCK):
        part = torch.from_numpy(x[start : start + BLOCK + length - 1].T.copy())[None]
        sums = torch.nn.functional.conv1d(part, weight)[0].numpy()
        odds[:, start + before : start + before + sums.shape[1]] = sums + offset[:, None]
    return odds
