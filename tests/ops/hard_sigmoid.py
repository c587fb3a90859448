"""What hard_sigmoid's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import HardSigmoid
from tests.ops.material import Material, c, case, v


def random(rng, x):
    bits = int(rng.choice([1, 4, 8, 11]))
    return HardSigmoid(max(0, x.dtype.bits - bits - int(rng.integers(-1, 3))), bits)


MATERIAL = Material(
    random=random,
    cases=(
        case("hard_sigmoid-far", HardSigmoid(47, 4), Stream((2,), Int(32))),
        case("hard_sigmoid-31", HardSigmoid(0, 31), Stream((2,), Int(32))),
        case("hard_sigmoid-u32", HardSigmoid(4, 30), Stream((2,), Int(32, False))),
        case("hard_sigmoid-wide", HardSigmoid(30, 16), Stream((2,), Int(48)), only="verilog"),
    ),
    c_mutants=(),
    v_mutants=(),
)
