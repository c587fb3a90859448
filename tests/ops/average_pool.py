"""What average_pool's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import AveragePool
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return AveragePool(int(rng.choice([1, 2, 4, 8])), int(rng.choice([1, 1, 2, 3])))


MATERIAL = Material(
    random=random,
    cases=(
        case("average_pool-i32", AveragePool(4), Stream((2,), Int(30))),
        case("average_pool-u31", AveragePool(2), Stream((1,), Int(30, False))),
    ),
    c_mutants=(),
    v_mutants=(),
)
