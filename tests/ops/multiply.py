"""What multiply's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Multiply
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    return Multiply()


MATERIAL = Material(
    arity=2,
    random=random,
    cases=(
        case("multiply-u31", Multiply(), Stream((2,), Int(15, False)), Stream((2,), Int(16, False))),
        case("multiply-gate", Multiply(), Stream((2,), Int(8, False)), Stream((2,), Int(24))),
    ),
    c_mutants=(),
    v_mutants=(),
)
