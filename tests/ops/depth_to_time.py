"""What depth_to_time's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import DepthToTime
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return DepthToTime(int(rng.choice([f for f in (1, 2, 3, 4) if x.period % f == x.shape[-1] % f == 0])))


MATERIAL = Material(
    random=random,
    cases=(case("depth_to_time-wide", DepthToTime(2), Stream((4,), Int(48), period=2), only="verilog"),),
    c_mutants=(
        c("last part first", "r * p->factor + s->part", "r * p->factor + p->factor - 1 - s->part"),
        c("a part short", "s->part + 1 < p->factor ?", "s->part + 2 < p->factor ?"),
        c("rows and parts swapped", "(r * p->factor + s->part)", "(s->part * p->rows + r)"),
        c("holds the first row", "(size_t)p->rows * p->factor * p->part_bytes", "(size_t)p->factor * p->part_bytes"),
        c("begins with the second part", "s->part + 1 : 0;", "s->part + 1 : 0, s->part += x != NULL;"),
    ),
    v_mutants=(
        v("begins with the second part", "copy_at + 1'b1", "copy_at", "depth_to_time-0"),
        v("the other part", "(part == turn)", "(part != turn)", "depth_to_time-0"),
        v("a line is a frame", ".N(LINES)", ".N(1)", "depth_to_time-1"),
        v("an element is a part", ".N(CHANNELS)", ".N(1)", "depth_to_time-0"),
        v("moves on before y is taken", "y_ready_i | ~due", "1'b1", "depth_to_time-3"),
    ),
)
