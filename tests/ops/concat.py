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
    c_mutants=(),
    v_mutants=(),
)
