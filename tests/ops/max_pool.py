"""What max_pool's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import MaxPool
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return MaxPool(int(rng.integers(1, 6)), int(rng.choice([1, 1, 2, 3])))


MATERIAL = Material(
    random=random,
    cases=(case("max_pool-wide", MaxPool(3), Stream((2,), Int(48)), only="verilog"),),
    c_mutants=(),
    v_mutants=(),
)
