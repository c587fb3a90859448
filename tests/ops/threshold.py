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
    c_mutants=(
        c("not strict", ") > es_load(p->level", ") >= es_load(p->level"),
        c("first level for all", "k = k + 1 < p->levels ? k + 1 : 0;", "k = 0;"),
        c("below the level", ") > es_load(p->level", ") < es_load(p->level"),
        c("levels run on", "k + 1 < p->levels", "k + 1 < p->elements"),
    ),
    v_mutants=(
        v("not strict", "> $signed(b)", ">= $signed(b)", "threshold-0", "es_exceeds.v"),
        v("no sign", "$signed(a) > $signed(b)", "a > b", "threshold-0", "es_exceeds.v"),
        v("unsigned input has a sign", ".A_SIGNED(X_SIGNED)", ".A_SIGNED(1)", "threshold-3"),
        v("first level for all", "VALUES[at*BITS +: BITS]", "VALUES[BITS-1:0]", "threshold-2", "es_constant.v"),
        v("counts beats that wait", "x_valid_i & y_ready_i", "x_valid_i", "threshold-2"),
    ),
)
