"""What lif's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.ops import Lif
from tests.ops.material import Material


def random(rng, x):
    """Membranes as narrow as the input or narrower, so that they saturate, and thresholds at both ends."""
    elements = x.shape[-1]
    bits = int(np.clip(x.dtype.bits + rng.integers(-2, 5), 2, 32))
    top = Int(bits).max
    thresholds = rng.choice([1, top, max(1, top - 1), max(1, top // 4)], elements if rng.random() < 0.5 else 1)
    leaks = rng.choice([1, 2, 4, 15], elements if rng.random() < 0.5 else 1)
    weight = rng.choice([-top - 1, top, 0, 1, -1, top // 3], (elements, elements))
    weight = weight if rng.random() < 0.5 else np.zeros((0, 0), np.int64)
    refractory = int(rng.choice([0, 0, 1, 3]))
    return Lif(tuple(map(int, leaks)), tuple(map(int, thresholds)), bits, weight, refractory)


MATERIAL = Material(random=random, cases=(), c_mutants=(), v_mutants=())
