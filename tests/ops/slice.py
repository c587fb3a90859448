"""What slice's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Slice
from tests.ops.material import Material, c, case, v


def random(rng, x):
    start = int(rng.integers(x.shape[-1]))
    return Slice(start, int(rng.integers(start + 1, x.shape[-1] + 1)))


MATERIAL = Material(
    random=random,
    cases=(case("slice-wide", Slice(1, 2), Stream((2, 3), Int(48)), only="verilog"),),
    c_mutants=(
        c("from the first element", "(const uint8_t *)x + p->start_bytes", "(const uint8_t *)x"),
        c("rows as long as the part", "from + r * p->row_bytes", "from + r * p->bytes"),
        c("only the first row", "to + r * p->bytes", "to"),
    ),
    v_mutants=(
        v("an element early", "offset = at - FIRST", "offset = at - FIRST + 1'b1", "slice-0"),
        v("an element more", "offset < PAST - FIRST", "offset <= PAST - FIRST", "slice-0"),
        v("counts beats that wait", ".step_i(x_valid_i & x_ready_o)", ".step_i(x_valid_i)", "slice-0"),
        v("drops wait for y", "y_ready_i | ~keep", "y_ready_i & keep", "slice-0"),
    ),
)
