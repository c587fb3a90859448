"""What adaptive_threshold's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import AdaptiveThreshold
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    shift = int(rng.integers(0, 8))
    return AdaptiveThreshold(int(rng.choice([1, 3, 1 << shift, (1 << shift) + 1, 1 << 15])), shift)


WIDE = AdaptiveThreshold(1 << 15, 15)
MATERIAL = Material(
    arity=2,
    random=random,
    cases=(
        case("adaptive_threshold-u32", WIDE, Stream((2,), Int(32, False)), Stream((2,), Int(32, False))),
        case("adaptive_threshold-i32", AdaptiveThreshold(3, 2), Stream((2,), Int(32)), Stream((2,), Int(32))),
    ),
    c_mutants=(),
    v_mutants=(),
)
