"""What reshape's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Reshape
from tests.ops.material import Material, c, case, v


def random(rng, x):
    first = int(rng.choice([n for n in range(1, x.size + 1) if x.size % n == 0]))
    return Reshape((x.size,) if rng.random() < 0.3 else (first, x.size // first))


MATERIAL = Material(
    random=random,
    cases=(case("reshape-wide", Reshape((3, 1)), Stream((3,), Int(48)), only="verilog"),),
    c_mutants=(),
    v_mutants=(),
)
