"""A recording from SpikeInterface's generator, for when no real one is anywhere and nothing can be fetched."""

from __future__ import annotations

from dataclasses import replace

from edgesort.data.generated import generated
from edgesort.data.hybrid import Hybrid

NOISE_UV = 7.5


def simulated(
    units: int = 4, seconds: float = 120.0, sampling_frequency: float = 19531.0, rate_hz: float = 15.0, seed: int = 0
) -> Hybrid:
    """One channel, `units` units, int16. facts["kind"] is "simulated", so that whoever shows it can say so.

    The generator places the units at random around the contact, so their SNR differ and may be low.
    """
    made = generated(1, units, seconds, seed, sampling_frequency, rate_hz, NOISE_UV)
    return replace(made, facts={**made.facts, "kind": "simulated"})
