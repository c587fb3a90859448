"""What the network shall answer: for each frame, which units spiked `delay` frames ago."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgesort.fixed import Array

SPREAD = (1, 1)  # frames before and after the exact one that also count


def targets(trains: Sequence[Array], frames: int, delay: int, spread: tuple[int, int] = SPREAD) -> Array:
    """float32 [1 + units, frames]: row 0 is any spike, row k unit k-1; 1 within `spread` of spike + delay."""
    rows = np.zeros((1 + len(trains), frames), np.float32)
    for unit, train in enumerate(trains):
        for shift in range(delay - spread[0], delay + spread[1] + 1):
            at = train + shift
            rows[1 + unit, at[(at >= 0) & (at < frames)]] = 1
    rows[0] = rows[1:].max(0, initial=0)
    return rows
