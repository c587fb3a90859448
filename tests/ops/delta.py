"""What delta's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Delta
from tests.ops.material import Material, case


def random(rng, x):
    widest = x.dtype.max - x.dtype.min
    count = int(rng.choice([1, x.shape[-1]]))
    return Delta(tuple(int(k) for k in rng.choice([1, widest // 20 + 1, widest // 4 + 1, widest], count)))


MATERIAL = Material(
    random=random,
    cases=(
        case("delta-wide", Delta((1 << 29, (1 << 32) - 1)), Stream((2,), Int(32))),
        case("delta-u32", Delta((1 << 29,)), Stream((2,), Int(32, False))),
    ),
    c_mutants=(),
    v_mutants=(),
)
