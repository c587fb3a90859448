"""What arg_max's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import ArgMax
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return ArgMax()


MATERIAL = Material(
    random=random,
    cases=(
        case("arg_max-300", ArgMax(), Stream((300,), Int(9))),
        case("arg_max-u32", ArgMax(), Stream((2, 3), Int(32, False))),
        case("arg_max-wide", ArgMax(), Stream((3,), Int(48)), only="verilog"),
    ),
    c_mutants=(
        c("last of equals", "from + k) > es_load", "from + k) >= es_load"),
        c("least", "from + k) > es_load", "from + k) < es_load"),
        c("only the neighbour counts", "from + best)", "from + k - 1)"),
        c("first row for all", "r * p->width, p->width", "0, p->width"),
        c("an element short", "k < width", "k + 1 < width"),
    ),
    v_mutants=(
        v("last of equals", "> $signed(b)", ">= $signed(b)", "arg_max-0", "es_exceeds.v"),
        v("best of the line before", "exceeds | (at == {A{1'b0}})", "exceeds", "arg_max-1"),
        v("no sign", ".A_SIGNED(X_SIGNED)", ".A_SIGNED(0)", "arg_max-0"),
        v("last element's index lost", "better ? at : best_at", "best_at", "arg_max-1"),
        v("takes the last before y is taken", "y_ready_i | ~last", "1'b1", "arg_max-1"),
    ),
)
