"""A quiet background: which N1 files are quiet, and how they are joined without leaving the ADC's steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from edgesort.data.errors import DataError
from edgesort.data.noise import highpass, mad
from edgesort.fixed import Array

CODES = 1 << 10
# What the N1 files hold: the code of a 10-bit ADC, stretched over the range of int16 and cut towards zero.
GRID = np.trunc(np.arange(CODES) * 65535 / (CODES - 1) - 32768).astype(np.int16)
SETTLE = 400  # frames in which the high-pass forgets its start
JOIN = 20  # frames (1 ms) on either side of a join whose medians are made equal


def codes(samples: Array) -> Array:
    """int16 samples -> the ADC's codes, 0 to 1023. DataError if a sample is not on the grid."""
    found = np.rint((samples.astype(np.float64) + 32768) * (CODES - 1) / 65535).astype(np.int64)
    if not np.array_equal(GRID[found], samples):
        raise DataError("background: expected samples on the grid of a 10-bit ADC, found others; use neuralink_n1")
    return found


def read(path: Path) -> tuple[float, Array]:
    """Sampling frequency and samples of one N1 file."""
    frequency, samples = wavfile.read(path)
    return float(frequency), samples


def quiet_files(paths: Sequence[Path], count: int) -> list[Path]:
    """The `count` quietest files: least peak-to-noise ratio among those of ordinary noise.

    Ordinary: the noise (MAD of the high-passed samples) lies between the quartiles over all files, so
    nearly silent and degenerate files are out. The ratio is the greatest deviation over that noise.
    """
    levels = []
    for path in paths:
        frequency, samples = read(path)
        filtered = highpass(samples, frequency)[SETTLE:]
        noise = mad(filtered)
        levels.append((noise, float(np.abs(filtered).max()) / max(noise, 1e-9)))
    low, high = np.quantile([noise for noise, _ in levels], [0.25, 0.75])
    ordinary = [(ratio, path) for path, (noise, ratio) in zip(paths, levels, strict=True) if low <= noise <= high]
    if len(ordinary) < count:
        raise DataError(f"background: expected {count} files of ordinary noise, found {len(ordinary)}; ask for less")
    return [path for _, path in sorted(ordinary)[:count]]


def join(parts: Sequence[Array]) -> Array:
    """Codes of several files as one: each is shifted by whole codes so that there is no step at the join.

    The shift makes the medians of the last and the first millisecond equal. It moves the level only,
    which the high-pass removes; a level that would leave the ADC's range is refused.
    """
    joined = [parts[0]]
    for part in parts[1:]:
        shift = np.rint(np.median(joined[-1][-JOIN:]) - np.median(part[:JOIN])).astype(np.int64)
        joined.append(part + shift)
    whole = np.concatenate(joined)
    if whole.min() < 0 or whole.max() >= CODES:
        raise DataError("background: expected joined files within the ADC's range, found drift; use another seed")
    return whole
