"""Units of a recording that nobody sorted: detect, embed by contrast, cluster, then find all spikes of each cluster.

samples -> whitened -> power in the spikes' subspace -> peaks -> contrastive embedding -> Gaussian mixture
        -> clusters whose templates are the same are one -> templates -> matching pursuit -> bad units out
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import spikeinterface.core as si
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

from edgesort.data.errors import DataError
from edgesort.data.hybrid import near_other
from edgesort.data.matching import Whitened, grow, whitened
from edgesort.data.noise import highpass
from edgesort.data.probe import neighbours
from edgesort.data.quality import Limits, curate, dropped_rows
from edgesort.data.recordings import frames
from edgesort.fixed import Array
from edgesort.train.contrast import MARGIN, Encoder, train_encoder
from edgesort.train.detect import LOCKOUT_S, Detected, detect, quiet_times, snippets

LOCAL = 8  # nearest channels that see a spike together
MOST = 16  # clusters of one site; more than units, since what is one unit's is joined later
FIT = 4000  # spikes that a mixture is fitted to
FEWEST = 30  # spikes of a unit
CORE = 100  # spikes from which a unit's template is made
ALIKE = 3.0  # deviations of the noise: templates nearer than that are the same unit's
SAME_SHAPE = 0.1  # of a template's norm, likewise: spikes of a unit are not all the same
SCALE = (0.8, 1.25)  # of a template, to be the same unit's
TURNS = 2  # of clustering: of all detections, then of those that no unit explains
SPREAD = 1.5  # of the noise: spikes that differ less are alike, whatever their size
UNEVEN = 0.25  # of a template's energy, likewise
ROUNDS = 2  # of matching at the end
QUIET = 1000  # snippets of noise
ECHO_S = 0.002  # around another unit's spikes, in which what that one leaves behind would lie
ECHOES = 0.5  # share of a unit's spikes there, from which on it is no unit
LIMITS = Limits(snr=0.0, presence=0.5)  # template energy decides, not the height of its peak


@dataclass(frozen=True)
class Discovered:
    """A sorting without labels. facts: detections, clusters, rows of what was dropped and why, seconds."""

    sorting: si.BaseSorting
    facts: dict[str, Any]


def discover(recording: si.BaseRecording, seed: int = 0, limits: Limits = LIMITS) -> Discovered:
    """Units and all their spikes. DataError if there is none. The same arguments give the same sorting."""
    began = time.monotonic()
    frequency = float(recording.get_sampling_frequency())
    samples = frames(recording)
    data = whitened(samples, frequency)
    near = neighbours(recording, min(LOCAL, recording.get_num_channels()))
    found = detect(data, near)
    facts: dict[str, Any] = {"seed": seed, "detections": len(found.times)}
    points = _embedded(data, found, near, seed)
    filtered = highpass(samples, frequency)
    cores: dict[str, Array] = {}
    dropped: list[dict[str, Any]] = []
    left = np.ones(len(found.times), bool)
    for _ in range(TURNS):
        labels = np.full(len(left), -1)
        labels[left] = _clusters(points[left], found.sites[left], seed)
        more, rejected = _units(data, found.times, labels, list(cores.values()))
        if not more:
            break
        cores |= {f"unit_{len(cores) + k}": core for k, core in enumerate(more)}
        own, echoes = _without_echoes(grow(recording, _sorting(cores, frequency), 1))
        dropped += rejected + echoes
        cores = {unit: core for unit, core in cores.items() if unit in own.unit_ids}
        left = ~near_other(found.times, np.sort(own.to_spike_vector()["sample_index"]), LOCKOUT_S * frequency)
    if not cores:
        raise DataError(f"recording: expected units, found none among {len(found.times)} detections")
    grown, echoes = _without_echoes(grow(recording, _sorting(cores, frequency), ROUNDS))
    kept, bad = curate(recording, _at_troughs(grown, filtered), limits)
    facts["dropped"] = dropped + echoes + dropped_rows(bad)
    return Discovered(kept, facts | {"units": len(kept.unit_ids), "seconds": time.monotonic() - began})


def _embedded(data: Whitened, found: Detected, near: Array, seed: int) -> Array:
    """Points [N, DIMENSIONS] of length 1: the embedding of each detection, trained on all of them."""
    around = snippets(data.samples, found.times, near[found.sites])
    still = quiet_times(found.times, QUIET, len(data.samples), seed)
    noise = snippets(data.samples, still, near[found.sites[np.arange(len(still)) % len(found.sites)]])
    level = np.abs(around).max(axis=(1, 2)).mean() / 4
    torch.manual_seed(seed)
    encoder = Encoder(near.shape[1])
    train_encoder(lambda x: encoder(x / level)[..., 0], list(encoder.parameters()), around, noise, seed)
    with torch.no_grad():
        embedded = encoder(torch.from_numpy(around[..., MARGIN:-MARGIN] / level))[..., 0]
    return np.asarray(torch.nn.functional.normalize(embedded, dim=1).double().numpy())


def _clusters(points: Array, sites: Array, seed: int) -> Array:
    """A cluster for each point, of each site by itself; -1 where a site has few."""
    labels, used = np.full(len(points), -1), 0
    for site in np.unique(sites):
        own = np.flatnonzero(sites == site)
        if len(own) >= FEWEST:
            labels[own] = _mixture(points[own], seed) + used
            used = int(labels.max()) + 1
    return labels


def _sorting(trains: dict[str, Array], frequency: float) -> si.BaseSorting:
    return si.NumpySorting.from_unit_dict([trains], frequency)


def _mixture(points: Array, seed: int) -> Array:
    """The cluster of each of `points` [N, D]: a Dirichlet process mixture, which leaves clusters empty (Blei 2006)."""
    some = np.random.default_rng(seed).permutation(len(points))[:FIT]
    most = min(MOST, max(1, len(some) // (2 * points.shape[1])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture = BayesianGaussianMixture(n_components=most, reg_covar=1e-4, max_iter=60, random_state=seed)
        labels = mixture.fit(points[some]).predict(points)
    return np.unique(labels, return_inverse=True)[1]


def _units(data: Whitened, times: Array, labels: Array, known: list[Array]) -> tuple[list[Array], list[dict[str, Any]]]:
    """Core spikes of units beside the `known`: of clusters of one template the largest, without sums of other units."""
    clusters = [times[labels == k] for k in range(int(labels.max(initial=-1)) + 1)]
    clusters = sorted((c for c in clusters if len(c) >= FEWEST), key=len, reverse=True)
    means = [_around(data, core).mean(0) for core in known]
    cores: list[Array] = []
    dropped: list[dict[str, Any]] = []
    for cluster in clusters:
        around = _around(data, core := _core(data, cluster))
        mean = around.mean(0)
        reason = _mixed(around) or _explained(mean, len(core), means)
        means.append(mean)  # a unit's smaller spikes are like its middling ones, and those like its largest
        if reason:
            dropped.append({"unit": "a cluster", "reason": reason, "spikes": len(cluster)})
        else:
            cores.append(core)
    return cores, dropped


def _core(data: Whitened, times: Array) -> Array:
    """The CORE spikes nearest to the median one, in time order."""
    some = times[:: max(1, len(times) // 1000)]
    around = _around(data, some)
    off = ((around - np.median(around, 0)) ** 2).sum((1, 2))
    return np.sort(some[np.argsort(off)[:CORE]])


def _around(data: Whitened, times: Array) -> Array:
    """[N, K, C] of what lies around `times`."""
    return np.asarray(data.samples[times[:, None] - data.before + np.arange(data.length)])


def _mixed(around: Array) -> str | None:
    """Why spikes [N, K, C] are not of one unit: they differ by more than noise and than a unit's own spikes do."""
    mean = around.mean(0)
    spread = float(((around - mean) ** 2).sum((1, 2)).mean())
    if spread < max(SPREAD * mean.size, mean.size + UNEVEN * float((mean**2).sum())):
        return None
    return f"expected spikes that are alike, found {spread / mean.size:.1f} times the noise between them"


def _explained(mean: Array, count: int, others: list[Array]) -> str | None:
    """Why a template [K, C] of `count` spikes is no unit of its own: noise, another one, or the sum of two."""
    noise = mean.size / count
    if (mean**2).sum() < 2 * noise + ALIKE**2:
        return "expected a template, found noise"
    rest, near = mean, max(ALIKE, SAME_SHAPE * float(np.linalg.norm(mean)))
    for taken in ("another unit's template", "the sum of two units' templates"):
        if not others:
            return None
        rest = min((_without(rest, other) for other in others), key=lambda left: float((left**2).sum()))
        if (rest**2).sum() - 2 * noise < near**2:
            return f"expected a template of its own, found {taken}"
    return None


def _without(mean: Array, other: Array) -> Array:
    """`mean` less `other` and its slope, moved and scaled as fits best."""
    spectra = np.fft.rfft([mean, other], 2 * len(mean), axis=1)
    alike = np.fft.irfft((spectra[0] * spectra[1].conj()).sum(1))
    lag = int(alike.argmax())
    moved = _moved(other, lag - 2 * len(mean) * (lag >= len(mean)))
    basis = np.stack([moved, np.gradient(moved, axis=0)]).reshape(2, -1)
    fit = mean.ravel() @ np.linalg.pinv(basis)
    fit = np.clip(fit, (SCALE[0], -0.6), (SCALE[1], 0.6))
    rest = mean - (fit @ basis).reshape(mean.shape)
    return rest if (rest**2).sum() < (mean**2).sum() else mean


def _moved(mean: Array, lag: int) -> Array:
    moved = np.zeros_like(mean)
    source, target = (slice(max(0, -lag), len(mean) - max(0, lag)), slice(max(0, lag), len(mean) - max(0, -lag)))
    moved[target] = mean[source]
    return moved


def _without_echoes(sorting: si.BaseSorting) -> tuple[si.BaseSorting, list[dict[str, Any]]]:
    """The sorting without units that fire where a larger one does: what subtraction left of that one's spikes."""
    reach = ECHO_S * sorting.get_sampling_frequency()
    trains = {str(unit): np.asarray(sorting.get_unit_spike_train(unit), np.int64) for unit in sorting.unit_ids}
    kept: dict[str, Array] = {}
    dropped: list[dict[str, Any]] = []
    for unit, train in sorted(trains.items(), key=lambda item: -len(item[1])):
        shares = {other: float(near_other(train, times, reach).mean()) for other, times in kept.items()}
        source = max(shares, key=lambda other: shares[other], default=None)
        if source is None or shares[source] < ECHOES:
            kept[unit] = train
            continue
        found = f"found {shares[source]:.2f} of them beside those of {source}"
        dropped.append(
            {"unit": unit, "reason": f"expected spikes at times of their own, {found}", "spikes": len(train)}
        )
    return sorting.select_units([unit for unit in trains if unit in kept]), dropped


def _at_troughs(sorting: si.BaseSorting, filtered: Array) -> si.BaseSorting:
    """The sorting whose units fire where their mean waveform is largest."""
    reach = round(LOCKOUT_S * sorting.get_sampling_frequency())
    trains = {}
    for unit in sorting.unit_ids:
        times = np.asarray(sorting.get_unit_spike_train(unit), np.int64)
        times = times[(times >= reach) & (times < len(filtered) - reach)]
        if not len(times):
            continue
        mean = filtered[times[:, None] + np.arange(-reach, reach + 1)].mean(0)
        trains[unit] = times + int(np.abs(mean).max(1).argmax()) - reach
    return si.NumpySorting.from_unit_dict([trains], sorting.get_sampling_frequency())
