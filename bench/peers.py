"""The offline sorters that the benchmark compares with, each in a process of its own: sorting, seconds, peak memory.

Four come through SpikeInterface (edgesort.data.teachers). The fifth is the textbook one, written here: threshold,
principal components, Gaussian mixture. None sees labels.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import spikeinterface.core as si
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.ndimage import minimum_filter1d
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from edgesort.data.errors import DataError
from edgesort.data.noise import highpass, mad
from edgesort.data.teachers import TEACHERS, Taught, peak_bytes, teach, with_fallback_probe
from edgesort.fixed import Array

CLASSIC = "threshold + PCA + Gaussian mixture"
PEERS = (*TEACHERS, CLASSIC)
THRESHOLD = 5.0  # times the channel's noise
NEAR_UM = 75.0  # contacts whose samples describe a spike, and of which the deepest one owns it
LOCKOUT_S = 0.001  # on either side of a spike, in which the deepest trough near it is the spike
BEFORE_S, AFTER_S = 0.0005, 0.001  # of a waveform
COMPONENTS = 6
MOST_UNITS = 6  # at one contact
FIT = 4000  # spikes that a mixture is fitted to; all are assigned
ALIKE = 2.0  # times the noise: mean waveforms that differ less are of one unit
LAG = 2  # frames by which noise moves a trough
LAGS = range(-LAG, LAG + 1)
FEWEST = 30  # spikes of a contact that are worth a mixture


def run_peer(
    name: str, recording: si.BaseRecording, jobs: int = 2, seed: int = 0, limit_s: float | None = None
) -> Taught:
    """Sort with the peer `name` of PEERS on `jobs` cores. DataError, one line: why it failed or what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        if name != CLASSIC:
            return teach(name, recording, Path(folder), jobs, seed, limit_s=limit_s)
        path = Path(folder) / "recording"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # arrays in memory have no provenance
            with_fallback_probe(recording).save(folder=path, format="binary", verbose=False, progress_bar=False)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            times, labels, seconds, held = pool.submit(_measured, path, jobs, seed).result()
    if not len(times):
        raise DataError(f"{name}: expected spikes, found none beyond {THRESHOLD:g} times the noise")
    sorting = si.NumpySorting.from_samples_and_labels([times], [labels], recording.get_sampling_frequency())
    return Taught(sorting, seconds, held)


def classic(recording: si.BaseRecording, seed: int = 0) -> tuple[Array, Array]:
    """Frames and unit numbers of spikes: each contact's spikes are sorted on their own, by the contacts near it.

    The number of units of a contact has the least Bayesian information criterion among 1 to MOST_UNITS.
    """
    frequency = recording.get_sampling_frequency()
    filtered = _filtered(recording)
    near = _near(recording.get_channel_locations())
    before, after = round(BEFORE_S * frequency), round(AFTER_S * frequency)
    times, labels, units = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for channel, others in enumerate(near):
        found = _troughs(filtered, channel, others, round(LOCKOUT_S * frequency))
        found = found[(found >= before) & (found < len(filtered) - after)]
        waveforms = filtered[found[:, None] + np.arange(-before, after)][..., others]
        label = _mixture(waveforms.reshape(len(found), (before + after) * len(others)), seed)
        times.append(found)
        labels.append(label + units)
        units += int(label.max(initial=-1)) + 1
    frames, label = np.concatenate(times), np.concatenate(labels)
    return frames, _merged(filtered, frames, label, np.arange(-before, after))


def _measured(path: Path, jobs: int, seed: int) -> tuple[Array, Array, float, int]:
    recording = si.load(path)
    began = time.perf_counter()
    with threadpool_limits(jobs):
        times, labels = classic(recording, seed)
    return times, labels, time.perf_counter() - began, peak_bytes()


def _filtered(recording: si.BaseRecording) -> Array:
    """Samples [T, C] behind the high-pass in units of each channel's noise, float32; a channel at a time."""
    samples = recording.get_traces()
    filtered = np.empty(samples.shape, np.float32)
    for channel in range(samples.shape[1]):
        passed = highpass(samples[:, channel], recording.get_sampling_frequency())
        filtered[:, channel] = passed / max(mad(passed), 1e-9)
    return filtered


def _near(locations: Array) -> list[Array]:
    """For each contact, those within NEAR_UM, itself included."""
    apart = np.linalg.norm(locations[:, None] - locations[None], axis=-1)
    return [np.flatnonzero(row <= NEAR_UM) for row in apart]


def _troughs(filtered: Array, channel: int, others: Array, lockout: int) -> Array:
    """Frames at which `channel` is below -THRESHOLD and lowest of all `others` within `lockout` frames."""
    deepest = minimum_filter1d(filtered[:, others].min(1), 2 * lockout + 1)
    own = filtered[:, channel]
    return np.flatnonzero((own < -THRESHOLD) & (own == deepest))


def _mixture(waveforms: Array, seed: int) -> Array:
    """A label for each of waveforms [spikes, samples]: 0, 1, ..."""
    if len(waveforms) < FEWEST:
        return np.zeros(len(waveforms), np.int64)
    some = np.random.default_rng(seed).permutation(len(waveforms))[:FIT]
    features = PCA(min(COMPONENTS, *waveforms[some].shape), random_state=seed).fit(waveforms[some])
    points = features.transform(waveforms)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a poor fit has a poor criterion
        fits = [
            GaussianMixture(k, n_init=3, reg_covar=1e-3, random_state=seed).fit(points[some])
            for k in range(1, 1 + min(MOST_UNITS, len(some) // (2 * COMPONENTS)))
        ]
    best = min(fits, key=lambda fit: fit.bic(points[some]))
    return np.unique(best.predict(points), return_inverse=True)[1]


def _merged(filtered: Array, frames: Array, labels: Array, window: Array) -> Array:
    """Labels 0, 1, ... in which clusters are one if their mean waveforms differ by ALIKE at most, link by link.

    Noise moves a trough by a frame or to another contact, and overlaps make a unit uneven: the criterion splits it.
    """
    names, labels = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        return labels
    means = np.stack([filtered[frames[labels == k][:FIT, None] + window].mean(0) for k in range(len(names))])
    inner = slice(LAG, means.shape[1] - LAG)
    apart = np.min([[np.abs(np.roll(m, lag, 0) - means)[:, inner].max((1, 2)) for m in means] for lag in LAGS], axis=0)
    tree = linkage(squareform(np.minimum(apart, apart.T), checks=False), "single")
    return fcluster(tree, ALIKE, "distance")[labels] - 1
