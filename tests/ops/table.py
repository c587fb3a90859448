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
    c_mutants=(
        c("an entry late", "i) - p->least", "i) - p->least + (p->least < 0)"),
        c("the sign of x ignored", "i) - p->least", "i) & (-2 * p->least - 1)"),
        c("entries without sign", "es_load(p->values, p->y_type,", "0xFF & es_load(p->values, p->y_type,"),
        c("entries of x's type", "es_load(p->values, p->y_type,", "es_load(p->values, p->x_type,"),
    ),
    v_mutants=(
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "table-0"),
        v("reads on while y waits", ".re_i(taken)", ".re_i(1'b1)", "table-0"),
        v("lowest bit of x lost", ".raddr_i(x_data_i)", ".raddr_i(x_data_i >> 1 << 1)", "table-1"),
        v("sends a beat after a reset", "y_valid_o <= 1'b0;", "y_valid_o <= 1'b1;", "table-0"),
    ),
)
