"""What threshold's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Threshold
from tests.ops.material import Material, c, case, v


def random(rng, x):
    low, high = x.dtype.min, x.dtype.max
    choices = [low, low // 2, 0, high // 4, max(low, high - 1), high]
    return Threshold(tuple(int(n) for n in rng.choice(choices, x.shape[-1] if rng.random() < 0.5 else 1)))


MATERIAL = Material(
    random=random,
    cases=(
        case("threshold-u32", Threshold(((1 << 31) + 5, 7)), Stream((2,), Int(32, False))),
        case("threshold-i32", Threshold((-1 << 31, -1)), Stream((2,), Int(32))),
        case("threshold-wide", Threshold((-1 << 40,)), Stream((2,), Int(48)), only="verilog"),
    ),
    c_mutants=(),
    v_mutants=(),
)
