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
    c_mutants=(
        c("no half", "p->shift) + half", "p->shift)"),
        c("no lower bound", "es_saturate(value, 0, 2 * half - 1)", "es_saturate(value, INT64_MIN, 2 * half - 1)"),
        c("reaches 1", "2 * half - 1", "2 * half"),
        c("half before the shift", "i), p->shift) + half", "i) + half, p->shift)"),
        c("rounds towards zero", "~(~x >> shift) : x >> shift", "-(-x >> shift) : x >> shift", "es_fixed.h"),
    ),
    v_mutants=(
        v("no half", ".x_i(slope + HALF)", ".x_i(slope)", "hard_sigmoid-0"),
        v("half a bit high", "(Y_BITS - 1);", "Y_BITS;", "hard_sigmoid-0"),
        v("fills with zeros", "$signed(x) >>> SHIFT", "x >> SHIFT", "hard_sigmoid-0"),
        v("unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "hard_sigmoid-4"),
        v("negative values pass", ".Y_SIGNED(0)", ".Y_SIGNED(1)", "hard_sigmoid-1"),
    ),
)
