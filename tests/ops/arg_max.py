"""What arg_max's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import ArgMax
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return ArgMax()


MATERIAL = Material(
    random=random,
    cases=(
        case("arg_max-300", ArgMax(), Stream((300,), Int(9))),
        case("arg_max-u32", ArgMax(), Stream((2, 3), Int(32, False))),
        case("arg_max-wide", ArgMax(), Stream((3,), Int(48)), only="verilog"),
    ),
    c_mutants=(),
    v_mutants=(),
)
