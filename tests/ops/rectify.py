"""What rectify's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Rectify
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return Rectify()


MATERIAL = Material(
    random=random,
    cases=(
        case("rectify-i31", Rectify(), Stream((2,), Int(31))),
        case("rectify-u31", Rectify(), Stream((2,), Int(31, False))),
    ),
    c_mutants=(
        c("ones' complement", "? -value : value", "? ~value : value"),
        c("half-wave", "? -value : value", "? 0 : value"),
        c("positive values negated", "value < 0 ? -value", "value > 0 ? -value"),
        c("unsigned input has a sign", "value = es_load(x, p->x_type, i)", "value = (int8_t)es_load(x, p->x_type, i)"),
    ),
    v_mutants=(
        v("ones' complement", "negative ? -x_data_i", "negative ? ~x_data_i", "rectify-0"),
        v("half-wave", "negative ? -x_data_i", "negative ? {BITS{1'b0}}", "rectify-0"),
        v("unsigned input has a sign", "(SIGNED != 0) & ", "", "rectify-2"),
        v("takes before y is taken", "x_ready_o = y_ready_i", "x_ready_o = 1'b1", "rectify-0"),
    ),
)
