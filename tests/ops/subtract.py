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
    c_mutants=(),
    v_mutants=(),
)
