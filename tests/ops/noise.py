"""What noise's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Noise
from tests.ops.material import Material, case


def random(rng, x):
    rise, fall = (int(k) for k in rng.choice([1, 3, 64, 1000], 2))
    return Noise(rise, fall, int(rng.choice([0, 1, 5])))


MATERIAL = Material(
    random=random,
    cases=(
        case("noise-u32", Noise(1 << 31, 1 << 30, 0), Stream((3,), Int(32))),
        case("noise-fine", Noise(1 << 20, 1 << 19, 20), Stream((2,), Int(8))),
    ),
    c_mutants=(),
    v_mutants=(),
)
