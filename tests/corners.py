"""Frames that corner an op: plain random data is too weak to kill mutants."""

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Op, Stream


def frames(stream: Stream, count: int, seed: int) -> Array:
    """`count` frames of `stream`: full-range noise, held extremes, zeros, steps, small values, plateaus."""
    rng = np.random.default_rng(seed)
    low, high = stream.dtype.min, stream.dtype.max
    span = max(1, high // 16)
    blocks = []
    while sum(len(b) for b in blocks) < count:
        shape = (int(rng.integers(4, 24)), *stream.shape)
        blocks.append(
            [
                rng.integers(low, high + 1, shape),
                np.full(shape, low),
                np.full(shape, high),
                np.zeros(shape, np.int64),
                rng.choice([low, high], shape),
                rng.choice([low, -1 if low else 0, 0, min(1, high), high], shape),
                np.clip(rng.integers(-span, span + 1, shape), low, high),
                np.repeat(rng.integers(low, high + 1, (shape[0] // 3 + 1, *stream.shape)), 3, axis=0)[: shape[0]],
            ][rng.integers(8)]
        )
    return np.concatenate(blocks)[:count].astype(stream.dtype.container)


def name(op: Op, index: int) -> str:
    return f"{op.kind}-{index}"
