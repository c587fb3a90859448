"""What common_median's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import CommonMedian
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return CommonMedian()


MATERIAL = Material(
    random=random,
    cases=(
        case("common_median-wide", CommonMedian(), Stream((3,), Int(31))),
        case("common_median-u31", CommonMedian(), Stream((3,), Int(31, False))),
        case("common_median-u32", CommonMedian(), Stream((2,), Int(32, False)), only="verilog"),
    ),
    c_mutants=(
        c("upper median", "(p->channels - 1) / 2) {", "p->channels / 2) {"),
        c("of equals one too few", "<= most", "< most"),
        c(
            "a channel is not counted",
            "i < first + p->channels; i++) {\n        found",
            "i + 1 < first + p->channels; i++) {\n        found",
        ),
        c(
            "one below the median",
            "low = middle + 1;",
            "low = middle;\n            if (high - low < 2)\n                return low;",
        ),
        c("least value not seen", "low = value < low ? value : low;", ""),
        c("greatest value not seen", "high = value > high ? value : high;", ""),
        c("first line's median", "median_of(p, x, first)", "median_of(p, x, 0)"),
    ),
    v_mutants=(
        v("upper median", "MIDDLE = (CHANNELS - 1) / 2", "MIDDLE = CHANNELS / 2", "common_median-1"),
        v("order of unsigned numbers", "(X_SIGNED != 0) ? HIGHEST", "(X_SIGNED == 0) ? HIGHEST", "common_median-0"),
        v("counts equals", "word < trial", "word <= trial", "common_median-6"),
        v(
            "lowest bit is not tried",
            "COUNT: if (decide & lowest)",
            "COUNT: if (decide & weight[1])",
            "common_median-0",
        ),
        v("begins where the last line ended", "trial  <= HIGHEST;", "", "common_median-2"),
        v("counts on", ">> 1;\n            less   <= {CB{1'b0}};", ">> 1;", "common_median-0"),
        v(
            "moves on before y is taken",
            "(state == SEND) & (~y_valid_o | y_ready_i)",
            "(state == SEND)",
            "common_median-0",
        ),
    ),
)
