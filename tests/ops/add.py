"""What add's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Add
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    return Add(tuple(int(s) for s in rng.choice([0, 0, 1, 5], 2)))


MATERIAL = Material(
    arity=2,
    random=random,
    cases=(
        case("add-wide", Add(), Stream((2,), Int(31)), Stream((2,), Int(31))),
        case("add-u31", Add(), Stream((1,), Int(30, False)), Stream((1,), Int(30, False))),
    ),
    c_mutants=(
        c("subtracts", "a + b", "a - b"),
        c("no shift of x0", "<< p->left0", "<< 0"),
        c("no shift of x1", "<< p->left1", "<< 0"),
    ),
    v_mutants=(
        v("subtracts", "LEFT0) + (b", "LEFT0) - (b", "add-0"),
        v("no shift of x0", "= (a << LEFT0)", "= a", "add-2"),
        v("no shift of x1", "(b << LEFT1);", "b;", "add-1"),
    ),
)
