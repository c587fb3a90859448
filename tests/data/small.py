"""A small world: N1-like files on the ADC's grid, and a template file, without any recording at hand."""

import numpy as np
from scipy.io import wavfile

from edgesort.data.background import CODES, GRID
from edgesort.data.hybrid import hybrid

FREQUENCY = 19531


def backgrounds(folder, count=24, seconds=1.0, seed=5):
    """WAV files of slow drift and noise; file k is k % 5 louder, so that the quartiles mean something."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    for k in range(count):
        t = np.arange(round(seconds * FREQUENCY) - rng.integers(0, 50)) / FREQUENCY
        level = 512 + 40 * np.sin(2 * np.pi * (2 + k) * t + k) + rng.normal(0, 7 + k % 5, len(t))
        codes = np.clip(np.rint(level), 0, CODES - 1).astype(int)
        wavfile.write(folder / f"n{k:02d}.wav", FREQUENCY, GRID[codes])
    return sorted(folder.glob("*.wav"))


def templates(path):
    """Five units of two channels: three clean troughs, one that points up, one from too few spikes."""
    t = np.arange(32.0) - 15
    shapes = {
        "unit_000": -np.exp(-((t / 2) ** 2)) + 0.3 * np.exp(-(((t - 6) / 4) ** 2)),
        "unit_001": -np.exp(-((t / 5) ** 2)),
        "unit_002": 0.6 * np.exp(-(((t + 4) / 2) ** 2)) - np.exp(-((t / 2) ** 2)),
        "unit_003": np.exp(-((t / 2) ** 2)),
        "unit_004": -np.exp(-((t / 3) ** 2)),
    }
    arrays = {name: np.stack([0.3 * shape, 100 * shape]).astype(np.float32) for name, shape in shapes.items()}
    np.savez(path, n_spikes=np.array([5000, 5000, 5000, 5000, 12], np.int32), **arrays)
    return path


def recording(folder):
    """A hybrid of three units that a network of few steps can learn, 6 s."""
    paths, shapes = backgrounds(folder / "b"), templates(folder / "t.npz")
    return hybrid(paths, shapes, 3, (30.0, 25.0, 20.0), seconds=6.0, rate_hz=40.0, seed=1)
