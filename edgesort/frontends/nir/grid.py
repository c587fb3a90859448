"""The hardware's grid: integers times a power of two, and leaks of 1 - 2^-k. What lies on it, and what lies nearest."""

from __future__ import annotations

import numpy as np

from edgesort.fixed import Array, Int

BITS = 16  # of the widest weights
LEAKS = (1, 15)


def exponent(values: Array, bits: int = BITS) -> int | None:
    """The greatest e with values = integers * 2^e; None if such integers take more than `bits` bits. Zeros: 0."""
    mantissa, power = np.frexp(values[values != 0])
    if not mantissa.size:
        return 0
    digits = (np.abs(mantissa) * 2.0**53).astype(np.int64)
    trailing = np.log2((digits & -digits).astype(np.float64)).astype(np.int64)
    finest = int((power - 53 + trailing).min())
    return finest if fits(values, finest, bits) else None


def fits(values: Array, exponent: int, bits: int) -> bool:
    """True if values / 2^exponent lie in a signed type of `bits` bits."""
    scaled = values * 2.0**-exponent
    return bool(Int(bits).min <= scaled.min(initial=0) and scaled.max(initial=0) <= Int(bits).max)


def nearest_exponent(values: Array, bits: int) -> int:
    """The finest e for which all values, rounded to integers * 2^e, fit into `bits` bits."""
    e = int(np.ceil(np.log2(max(np.abs(values).max(initial=0), 1e-30)))) - bits
    while not fits(np.rint(values * 2.0**-e) * 2.0**e, e, bits):
        e += 1
    return e


def rounded(values: Array, exponent: int) -> Array:
    """Values on the grid of 2^exponent, the nearest ones."""
    return np.asarray(np.rint(values * 2.0**-exponent) * 2.0**exponent)


def on(values: Array, exponent: int) -> bool:
    """True if all values are integers times 2^exponent."""
    scaled = values * 2.0**-exponent
    return bool((scaled == np.rint(scaled)).all())


def leaks(ratio: Array) -> tuple[Array, Array, Array]:
    """For ratios tau / dt: the next leak below, the next above, and the nearest, all within LEAKS."""
    k = np.log2(ratio)
    below, above = np.clip(np.floor(k), *LEAKS), np.clip(np.ceil(k), *LEAKS)
    return below.astype(int), above.astype(int), np.clip(np.rint(k), *LEAKS).astype(int)
