"""What reshape's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Reshape
from tests.ops.material import Material, c, case, v


def random(rng, x):
    first = int(rng.choice([n for n in range(1, x.size + 1) if x.size % n == 0]))
    return Reshape((x.size,) if rng.random() < 0.3 else (first, x.size // first))


MATERIAL = Material(
    random=random,
    cases=(case("reshape-wide", Reshape((3, 1)), Stream((3,), Int(48)), only="verilog"),),
    c_mutants=(
        c("half of the frame", "p->frame_bytes", "p->frame_bytes / 2"),
        c("the last byte lost", "p->frame_bytes", "p->frame_bytes - 1"),
        c("nothing", "memcpy(y, x, p->frame_bytes);", "(void)p, (void)x, (void)y;"),
    ),
    v_mutants=(
        v("takes before y is taken", "x_ready_o = y_ready_i", "x_ready_o = 1'b1", "reshape-0"),
        v("sends what is not there", "y_valid_o = x_valid_i", "y_valid_o = 1'b1", "reshape-0"),
        v("lowest bit lost", "y_data_o  = x_data_i", "y_data_o  = x_data_i >> 1 << 1", "reshape-2"),
    ),
)
