"""What concat's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Concat
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    return Concat()


MATERIAL = Material(
    arity=2,
    random=random,
    cases=(case("concat-wide", Concat(), Stream((2, 1), Int(32)), Stream((2, 2), Int(31, False))),),
    c_mutants=(
        c("x1 in front", "concat_copy(p, y, row + width0, x1", "concat_copy(p, y, row, x1"),
        c("first row of x1 for all", "r * width1, width1", "0, width1"),
        c("an element of x0 short", "r * width0, width0", "r * width0, width0 - 1"),
        c("x1 of x0's type", "x1, p->x1_type", "x1, p->x0_type"),
    ),
    v_mutants=(
        v("an element of x0 more", "FIRST = CHANNELS0", "FIRST = CHANNELS0 + 1", "concat-0"),
        v("x1 in front", "second ? b : a", "second ? a : b", "concat-0"),
        v("sign of x1 lost", ".X_SIGNED(X1_SIGNED)", ".X_SIGNED(0)", "concat-1"),
        v("counts beats that wait", "y_valid_o & y_ready_i", "y_valid_o", "concat-0"),
        v("takes x1 with x0", "x1_ready_o = y_ready_i & second", "x1_ready_o = y_ready_i", "concat-0"),
    ),
)
