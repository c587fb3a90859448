"""What common_average's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import CommonAverage
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return CommonAverage()


MATERIAL = Material(
    random=random,
    cases=(
        case("common_average-wide", CommonAverage(), Stream((3,), Int(31))),
        case("common_average-u31", CommonAverage(), Stream((2, 2), Int(31, False))),
        case("common_average-many", CommonAverage(), Stream((200,), Int(4))),
    ),
    c_mutants=(
        c("rounds towards zero", "es_shift(p->reciprocal * sum, 16)", "p->reciprocal * sum / 65536"),
        c(
            "sum of 32 bits",
            "mean = es_shift(p->reciprocal * sum",
            "mean = es_shift(p->reciprocal * (int64_t)(int32_t)sum",
        ),
        c("product of 32 bits", "es_shift(p->reciprocal * sum", "es_shift((int32_t)(p->reciprocal * sum)"),
        c("adds the mean", "i) - mean", "i) + mean"),
        c("a channel is not counted", "i < past; i++) {\n            sum", "i + 1 < past; i++) {\n            sum"),
        c(
            "lines add up",
            "size_t i = first; i < past; i++) {\n            sum",
            "size_t i = 0; i < past; i++) {\n            sum",
        ),
    ),
    v_mutants=(
        v("sign of the mean lost", "$signed(sum) >>> 16", "sum >> 16", "common_average-0"),
        v("adds the mean", "x - mean", "x + mean", "common_average-0"),
        v("reciprocal rounds down", "(65536 + CHANNELS / 2) / CHANNELS", "65536 / CHANNELS", "common_average-5"),
        v("lines add up", "~rst_ni | line_done", "~rst_ni", "common_average-1"),
        v("sum survives a reset", "~rst_ni | line_done", "line_done", "common_average-1"),
        v("sign of the input lost", ".X_SIGNED(X_SIGNED), .W_BITS", ".X_SIGNED(0), .W_BITS", "common_average-0"),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "common_average-0"),
    ),
)
