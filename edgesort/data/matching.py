"""All spikes of units of which a few are known: matching pursuit with their templates, in whitened samples.

    log P(spike of unit u at t | x) / P(none) = sum (w * x[t + ...]) - |w|^2 / 2 + log(rate / (1 - rate))

for a template w of a recording whose noise is white with variance 1: Bayes' rule, so nothing is to be tuned. The
greatest maxima above 0 are taken, fitted, subtracted, and what is left is searched again, so that overlapping spikes
come apart; templates are then the mean of what was found, and all is done again. Source: Franke et al. 2015 (Bayes
optimal template matching), Mallat & Zhang 1993 (matching pursuit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spikeinterface.core as si
from scipy.linalg import solve_toeplitz
from scipy.ndimage import maximum_filter1d
from scipy.signal import lfilter

from edgesort.data.errors import DataError
from edgesort.data.noise import highpass, mad
from edgesort.data.recordings import frames
from edgesort.fixed import Array

BEFORE_S, AFTER_S = 0.001, 0.0025  # of a template, around its spike
REFRACTORY_S = 0.001
RANK = 3  # of a template: that many waveforms over time, each with its weights of the channels
CHANNELS = 16  # of a template at most: its strongest
ORDER = 8  # of the autoregressive model of the noise
QUIET = 4.0  # deviations of the noise beyond which a sample and its neighbours count as spikes
SCALE = (0.5, 1.6)  # of a spike, against its template
SHIFT = 0.6  # frames that a spike lies off its template, at most; half a frame and some noise
PASSES = 5  # as many spikes can overlap
FEWEST = 5  # spikes for a template
MANY = 100


@dataclass(frozen=True)
class Whitened:
    """samples: float32 [T, C], noise white over time and channels, of variance 1."""

    samples: Array
    sampling_frequency: float

    @property
    def before(self) -> int:
        return round(BEFORE_S * self.sampling_frequency)

    @property
    def length(self) -> int:
        return round((BEFORE_S + AFTER_S) * self.sampling_frequency)


def whitened(samples: Array, sampling_frequency: float, until: int | None = None) -> Whitened:
    """High-passed samples [T, C] through the inverse of a model of their noise, measured where nothing spikes.

    until: the first frame that the model may not see.
    """
    x = highpass(samples, sampling_frequency)
    x /= np.array([max(mad(channel), 1e-9) for channel in x[:until].T])
    loud = maximum_filter1d((np.abs(x) > QUIET).any(1), 2 * round(BEFORE_S * sampling_frequency) + 1)
    steady = np.flatnonzero(~(loud[:-ORDER] | loud[ORDER:])[:until])
    if len(steady) < sampling_frequency / 10:
        steady = np.arange(len(x[:until]) - ORDER)
    covariance = np.array([np.mean(x[steady] * x[steady + lag]) for lag in range(ORDER + 1)])
    weights = solve_toeplitz(covariance[:-1] + np.eye(ORDER)[0] * 1e-6, covariance[1:])
    x = lfilter(np.concatenate([[1.0], -weights]), [1.0], x, axis=0)
    values, vectors = np.linalg.eigh(np.cov(x[steady].T).reshape(x.shape[1], -1))
    x = x @ (vectors / np.sqrt(np.maximum(values, 1e-3 * values.max()))) @ vectors.T
    return Whitened(x.astype(np.float32), sampling_frequency)


@dataclass(frozen=True)
class Template:
    """A unit's spike in whitened samples: `waveform` [K, M] on the `channels` [M], as a sum of RANK products."""

    waveform: Array
    channels: Array

    def parts(self) -> tuple[Array, Array]:
        """Waveforms over time [K, R], and their channels' weights [M, R]."""
        left, values, right = np.linalg.svd(self.waveform, full_matrices=False)
        return left[:, :RANK] * values[:RANK], right[:RANK].T


def template(mean: Array, count: int) -> Template:
    """What is certain of a mean [K, C] of `count` spikes: channels and products that stand out of its noise.

    The noise of the mean has variance 1 / count; singular values of noise alone end at (sqrt(K) + sqrt(C)) /
    sqrt(count) (Marchenko & Pastur 1967), and those above are shrunk by it (Gavish & Donoho 2017).
    """
    energy, noise = (mean**2).sum(0), len(mean) / count
    strong = np.argsort(-energy)[:CHANNELS]
    strong = strong[(energy[strong] > noise * (1 + 3 * np.sqrt(2 / len(mean)))) | (strong == strong[0])]
    channels = np.sort(strong)
    left, values, right = np.linalg.svd(mean[:, channels], full_matrices=False)
    edge = (np.sqrt(len(mean)) + np.sqrt(len(channels))) / np.sqrt(count)
    values = np.sqrt(np.maximum(values**2 - edge**2, 0))
    return Template((left[:, :RANK] * values[:RANK]) @ right[:RANK], channels)


def match(
    data: Whitened, templates: list[Template], rates: Array, known: list[Array], sure: bool
) -> tuple[list[Array], list[Template]]:
    """The frames of each template's spikes, the `known` ones among them, and the templates anew.

    rates: spikes a frame that each unit is expected to have. sure: make the templates of the known spikes alone.
    """
    rest = data.samples.copy()
    shapes = [np.stack([t.waveform, np.gradient(t.waveform, axis=0)]) for t in templates]
    units = list(zip(templates, shapes, strict=True))
    found = list(known)
    fits = [_subtract(rest, at - data.before, *unit) for at, unit in zip(known, units, strict=True)]
    refractory = round(REFRACTORY_S * data.sampling_frequency)
    for _ in range(PASSES):
        scores = np.stack([_score(rest, t, r) for t, r in zip(templates, rates, strict=True)])
        for times, row in zip(found, scores, strict=True):
            for shift in range(-refractory, refractory + 1):
                row[np.clip(times - data.before + shift, 0, len(row) - 1)] = -np.inf
        best = scores.max(0)
        peaks = np.flatnonzero((best > 0) & (best == maximum_filter1d(best, 2 * data.length + 1)))
        if not len(peaks):
            break
        owner = scores[:, peaks].argmax(0)
        for k, unit in enumerate(units):
            starts = peaks[owner == k]
            fits[k] = np.concatenate([fits[k], _subtract(rest, starts, *unit)])
            found[k] = np.concatenate([found[k], starts + data.before])
    anew = []
    for (t, shape), times, fit, labelled in zip(units, found, fits, known, strict=True):
        count = len(labelled) if sure else len(times)
        if count < FEWEST:
            anew.append(t)
            continue
        mean = _typical(data, rest, times[:count])
        mean[:, t.channels] += np.tensordot(np.median(fit[:count], 0), shape, 1)
        anew.append(template(mean, count))
    return [np.sort(times) for times in found], anew


def grow(
    recording: si.BaseRecording,
    sorting: si.BaseSorting,
    rounds: int = 4,
    until: int | None = None,
    certain: bool = True,
) -> si.BaseSorting:
    """`sorting` with all spikes of its units that `recording` holds. DataError for a unit of fewer than 5 spikes.

    until: the first frame from which nothing is learned; its spikes are found with what is known from before.
    certain: keep the spikes of `sorting`; else they only say what the templates are at first.
    """
    frequency, edge = recording.get_sampling_frequency(), round(AFTER_S * recording.get_sampling_frequency())
    whole = whitened(frames(recording), frequency, until)
    part = Whitened(whole.samples[:until], frequency)
    known = []
    for unit in sorting.unit_ids:
        train = np.asarray(sorting.get_unit_spike_train(unit), np.int64)
        known.append(train[(train >= edge) & (train < len(part.samples) - part.length)])
        if len(known[-1]) < FEWEST:
            found = len(known[-1])
            raise DataError(f"unit {unit}: expected {FEWEST} spikes or more for a template, found {found}; drop it")
    templates = [template(_typical(part, part.samples, train), len(train)) for train in known]
    rates = np.full(len(known), 10.0) / frequency
    trains, given = known, known if certain else [train[:0] for train in known]
    for done in range(rounds):
        trains, templates = match(part, templates, rates, given, sure=certain and done < 2)
        rates = np.array([max(len(train), FEWEST) for train in trains]) / len(part.samples)
    if len(part.samples) < len(whole.samples):
        trains, _ = match(whole, templates, rates, trains, sure=True)
    return si.NumpySorting.from_unit_dict([dict(zip(sorting.unit_ids, trains, strict=True))], frequency)


def _score(rest: Array, template: Template, rate: float) -> Array:
    """The log of the odds that a spike's template begins at each frame."""
    over_time, over_channels = template.parts()
    projected = rest[:, template.channels] @ over_channels.astype(np.float32)
    pairs = zip(projected.T, over_time.T.astype(np.float32), strict=True)
    score = np.sum([np.convolve(column, waveform[::-1], "valid") for column, waveform in pairs], axis=0)
    prior = np.log(rate / (1 - rate))
    made = np.full(len(rest), -np.inf, np.float32)
    made[: len(score)] = score - (template.waveform**2).sum() / 2 + prior
    return made


def _subtract(rest: Array, starts: Array, template: Template, shapes: Array) -> Array:
    """Take spikes away: the template and its slope, as much of each as fits best. Returns how much, [n, 2]."""
    window = starts[:, None] + np.arange(shapes.shape[1])
    basis = shapes.reshape(2, -1)
    cells = (window[:, :, None], template.channels)
    fit = rest[cells].reshape(len(starts), basis.shape[1]) @ np.linalg.pinv(basis)
    fit[:, 0] = np.clip(fit[:, 0], *SCALE)
    fit[:, 1] = np.clip(fit[:, 1], -SHIFT, SHIFT)
    rest[cells] -= (fit @ basis).reshape(len(starts), *shapes.shape[1:]).astype(np.float32)
    return fit.astype(np.float32)


def _typical(data: Whitened, samples: Array, times: Array) -> Array:
    """The mean [K, C] of what lies around many spikes; of few the median, which a spike that overlaps hardly moves."""
    around = samples[times[:, None] - data.before + np.arange(data.length)]
    return np.asarray(around.mean(0) if len(times) > MANY else np.median(around, 0))
