"""What common_average's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import CommonAverage
from tests.ops.material import Material, case


def random(rng, x):
    return CommonAverage()


MATERIAL = Material(
    random=random,
    cases=(
        case("common_average-wide", CommonAverage(), Stream((3,), Int(31))),
        case("common_average-u31", CommonAverage(), Stream((2, 2), Int(31, False))),
        case("common_average-many", CommonAverage(), Stream((200,), Int(4))),
    ),
    c_mutants=(),
    v_mutants=(),
)
