"""What gru's kernel and cell must get right."""

import numpy as np

from edgesort.ops import Gru
from tests.ops.material import Material


def random(rng, x):
    """Shifts near the width of the sums, so that gates and candidates neither stay at an end nor in the middle."""
    (inputs,) = x.shape
    units, gate_bits, bits = int(rng.integers(1, 5)), int(rng.choice([1, 4, 8, 16])), int(rng.choice([2, 8, 12, 16]))
    top = int(rng.choice([1, 7, 127]))
    weights = [
        rng.choice([-top - 1, top, 0, 1, *rng.integers(-top, top + 1, 4)], (3 * units, n)) for n in (inputs, units)
    ]
    width = int(top).bit_length() + max(x.dtype.bits, bits) - 1
    shift, shift_n = (int(np.clip(width - b + rng.integers(-2, 3), 0, 31)) for b in (gate_bits, bits))
    reach = 1 << width
    bias, bias_n = rng.integers(-reach, reach + 1, 3 * units), rng.integers(-reach, reach + 1, units)
    return Gru(*weights, bias, bias_n, shift, shift_n, gate_bits, bits)


MATERIAL = Material(random=random, cases=(), c_mutants=(), v_mutants=())
