"""What rectify's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Rectify
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return Rectify()


MATERIAL = Material(
    random=random,
    cases=(
        case("rectify-i31", Rectify(), Stream((2,), Int(31))),
        case("rectify-u31", Rectify(), Stream((2,), Int(31, False))),
    ),
    c_mutants=(),
    v_mutants=(),
)
