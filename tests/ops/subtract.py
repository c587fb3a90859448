"""What subtract's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Subtract
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    return Subtract(tuple(int(s) for s in rng.choice([0, 0, 1, 5], 2)))


MATERIAL = Material(
    arity=2,
    random=random,
    cases=(
        case("subtract-wide", Subtract(), Stream((2,), Int(31)), Stream((2,), Int(31))),
        case("subtract-u31", Subtract((1, 0)), Stream((1,), Int(30, False)), Stream((1,), Int(31, False))),
    ),
    c_mutants=(
        c("adds", "a - b", "a + b"),
        c("the other way round", "a - b", "b - a"),
        c("no shift of x0", "<< p->left0", "<< 0"),
        c("no shift of x1", "<< p->left1", "<< 0"),
    ),
    v_mutants=(
        v("adds", "LEFT0) - (b", "LEFT0) + (b", "subtract-0"),
        v("the other way round", "(a << LEFT0) - (b << LEFT1)", "(b << LEFT1) - (a << LEFT0)", "subtract-0"),
        v("no shift of x0", "= (a << LEFT0)", "= a", "subtract-2"),
        v("no shift of x1", "(b << LEFT1);", "b;", "subtract-1"),
        v("unsigned x1 has a sign", ".X_SIGNED(X1_SIGNED)", ".X_SIGNED(1)", "subtract-u31"),
    ),
)
