"""What table's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Table
from tests.ops.material import Material, c, case, v


def table(bits, dtype, seed):
    return Table(np.random.default_rng(seed).integers(dtype.min, dtype.max + 1, 1 << bits), dtype)


def random(rng, x):
    dtype = Int(int(rng.integers(1, 13)), bool(rng.random() < 0.5))
    return table(min(x.dtype.bits, 12), dtype, rng)


MATERIAL = Material(
    random=random,
    cases=(
        case("table-u12", table(12, Int(16, False), 1), Stream((2,), Int(12, False))),
        case("table-i32", table(5, Int(32), 2), Stream((2,), Int(5))),
    ),
    c_mutants=(),
    v_mutants=(),
)
