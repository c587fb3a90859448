"""Quiroga's simulator rebuilt from real templates: one channel, three units, background of many distant units.

R. Quian Quiroga, Z. Nadasdy, Y. Ben-Shaul: Unsupervised spike detection and sorting with wavelets and
superparamagnetic clustering. Neural Computation 16:1661-1687, 2004, section 3.1.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from edgesort.data import catalog
from edgesort.data.errors import DataError
from edgesort.data.hybrid import REFRACTORY_S, Hybrid, add_unit, known
from edgesort.data.templates import AFTER, BEFORE, Template, load_templates
from edgesort.fixed import Array

SAMPLING_FREQUENCY = 24000.0
# Correlation of each pair. A classifier that knows the mean waveforms (least squares) errs in the order of the names.
SIMILARITIES = {"easy1": 0.7, "easy2": 0.8, "difficult1": 0.9, "difficult2": 0.95}
NOISES = (0.05, 0.1, 0.15, 0.2)  # standard deviation of the background over the spikes' peak
CONDITIONS = tuple(f"{similarity}_{noise}" for similarity in SIMILARITIES for noise in NOISES)
PEAK = 4096  # counts
JITTERS = 4  # sub-sample positions at which a distant unit's waveform is rendered: his simulation had 96 kHz
DISTANT_HZ = JITTERS * SAMPLING_FREQUENCY / 2  # spikes of the background: one for half of its samples


def quiroga(condition: str, seconds: float = 60.0, seed: int = 0, rate_hz: float = 20.0) -> Hybrid:
    """One of CONDITIONS: int16, one channel at 24 kHz, three units of peak PEAK firing at `rate_hz`, Poisson.

    The units are those three of `stark_templates` whose pairwise correlations are nearest to SIMILARITIES; the
    background is made of all others, at random times and amplitudes. A spike's frame is the trough of its own
    (jittered, noiseless) waveform. The same arguments give the same bytes.
    """
    if condition not in CONDITIONS or seconds <= 0:
        raise DataError(
            f"quiroga: expected a condition of {', '.join(CONDITIONS)} and time, found {condition} and {seconds:g} s"
        )
    similarity, noise = condition.split("_")
    templates = load_templates(catalog.get_file("stark_templates", "units_000_099.npz"), SAMPLING_FREQUENCY)
    chosen, correlation = triplet(templates, SIMILARITIES[similarity])
    others = [template for template in templates if template not in chosen]
    frames = round(seconds * SAMPLING_FREQUENCY)
    samples = float(noise) * PEAK * background(others, frames, np.random.default_rng([seed, 0]))
    trains = {}
    for index, shape in enumerate(chosen):
        peak, rng = -PEAK / shape.render().min(), np.random.default_rng([seed, 1 + index])
        trains[shape.unit] = add_unit(samples, shape, peak, rate_hz, rng, amplitude_sd=0.0)
    counts = np.rint(samples)
    if np.abs(counts).max() > 32767:
        raise DataError(f"quiroga: expected samples within 16 bits, found {np.abs(counts).max():g}; use another seed")
    facts = {
        "kind": "quiroga",
        "generator": "Quiroga, Nadasdy, Ben-Shaul 2004, rebuilt from stark_templates",
        "condition": condition,
        "correlation": correlation,
        "noise": float(noise),
        "distant_hz": DISTANT_HZ,
        "background": [template.unit for template in others],
        "rate_hz": rate_hz,
        "refractory_s": REFRACTORY_S,
        "seed": seed,
    }
    return known(counts.astype(np.int16)[:, None], trains, SAMPLING_FREQUENCY, facts)


def triplet(templates: list[Template], correlation: float) -> tuple[list[Template], list[float]]:
    """The three templates whose pairwise correlations (troughs aligned) are nearest to `correlation`, and those."""
    pairs = np.corrcoef([template.render() for template in templates])
    triples = np.array(list(combinations(range(len(templates)), 3)))
    found = np.stack([pairs[triples[:, a], triples[:, b]] for a, b in ((0, 1), (0, 2), (1, 2))], axis=1)
    best = int(((found - correlation) ** 2).sum(1).argmin())
    return [templates[k] for k in triples[best]], [round(float(value), 4) for value in found[best]]


def background(templates: list[Template], frames: int, rng: np.random.Generator) -> Array:
    """Noise [frames] of mean 0 and standard deviation 1: DISTANT_HZ spikes a second, uniform in time and amplitude."""
    shapes = np.array([[t.render(k / JITTERS - 0.5) for k in range(JITTERS)] for t in templates])
    shapes = (shapes / np.abs(shapes).max(-1, keepdims=True)).reshape(-1, BEFORE + AFTER)
    count = rng.poisson(DISTANT_HZ * (frames + BEFORE + AFTER) / templates[0].sampling_frequency)
    starts = rng.integers(0, frames + BEFORE + AFTER, count)  # AFTER + BEFORE early, so that the first frame has all
    gains, kinds = rng.uniform(0, 1, count), rng.integers(0, len(shapes), count)
    total = np.zeros(frames + 2 * (BEFORE + AFTER))
    for lag in range(BEFORE + AFTER):
        total += np.bincount(starts + lag, gains * shapes[kinds, lag], len(total))
    noise = total[BEFORE + AFTER : BEFORE + AFTER + frames]
    return np.asarray((noise - noise.mean()) / noise.std())
