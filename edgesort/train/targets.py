"""What the network shall answer: for each frame, which units spiked `delay` frames ago."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgesort.fixed import Array

SPREAD = 1  # frames either side of the exact one that also count


def targets(trains: Sequence[Array], frames: int, delay: int) -> Array:
    """float32 [1 + units, frames]: row 0 is any spike, row k unit k-1; 1 within SPREAD of spike + delay."""
    rows = np.zeros((1 + len(trains), frames), np.float32)
    for unit, train in enumerate(trains):
        for shift in range(delay - SPREAD, delay + SPREAD + 1):
            at = train + shift
            rows[1 + unit, at[(at >= 0) & (at < frames)]] = 1
    rows[0] = rows[1:].max(0, initial=0)
    return rows
