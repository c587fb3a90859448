"""What common_median's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import CommonMedian
from tests.ops.material import Material, case


def random(rng, x):
    return CommonMedian()


MATERIAL = Material(
    random=random,
    cases=(
        case("common_median-wide", CommonMedian(), Stream((3,), Int(31))),
        case("common_median-u32", CommonMedian(), Stream((2,), Int(32, False))),
    ),
    c_mutants=(),
    v_mutants=(),
)
