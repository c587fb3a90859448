"""What noise's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Noise
from tests.ops.material import Material, c, case, v


def random(rng, x):
    rise, fall = (int(k) for k in rng.choice([1, 3, 64, 1000], 2))
    return Noise(rise, fall, int(rng.choice([0, 1, 5])))


MATERIAL = Material(
    random=random,
    cases=(
        case("noise-u31", Noise(1 << 30, 1 << 29, 0), Stream((3,), Int(31))),
        case("noise-u32", Noise(1 << 31, 1 << 30, 0), Stream((3,), Int(32)), only="verilog"),
        case("noise-fine", Noise(1 << 20, 1 << 19, 20), Stream((2,), Int(8))),
    ),
    c_mutants=(
        c("rises at the level", "magnitude > level", "magnitude >= level"),
        c("no magnitude", "value < 0 ? -value : value", "value"),
        c("falls below 0", "u[i] < p->fall ? u[i] : p->fall", "p->fall"),
        c("knows the frame itself", "level);\n", "((magnitude > level ? u[i] + p->rise : u[i]) >> p->shift));\n"),
        c("rises by the fall", "u[i] += p->rise", "u[i] += p->fall"),
        c("level without shift", "u[i] >> p->shift", "u[i]"),
        c("elements share a state", "u[i] >> p->shift", "u[0] >> p->shift"),
    ),
    v_mutants=(
        v("rises at the level", "magnitude > y_data_o", "magnitude >= y_data_o", "noise-1"),
        v("no magnitude", "negative ? -x : x", "x", "noise-0"),
        v("falls below 0", " & {U{~fallen[U]}}", "", "noise-2"),
        v("level survives a reset", "seen      <= 1'b0;", "seen      <= 1'b1;", "noise-0"),
        v("elements share a level", ".raddr_i(at)", ".raddr_i({A{1'b0}})", "noise-0"),
        v("level without shift", "u[U-1:SHIFT]", "u[Y_BITS-1:0]", "noise-0"),
        v("rises by the fall", "? u + RISE", "? u + FALL", "noise-1"),
        v("moves on before y is taken", "taken | (y_valid_o & ~y_ready_i)", "taken", "noise-0"),
    ),
)
