"""What max_pool's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import MaxPool
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return MaxPool(int(rng.integers(1, 6)), int(rng.choice([1, 1, 2, 3])))


MATERIAL = Material(
    random=random,
    cases=(case("max_pool-wide", MaxPool(3), Stream((2,), Int(48)), only="verilog"),),
    c_mutants=(
        c("the least", "other > best", "other < best"),
        c("kernel a frame short", "k < p->kernel; k++", "k + 1 < p->kernel; k++"),
        c("ring a frame short", "s->at + 1 < p->kernel ?", "s->at + 2 < p->kernel ?"),
        c("stride a frame long", "s->phase + 1 < p->stride ?", "s->phase < p->stride ?"),
        c("first element for all", "k * p->elements + i", "k * p->elements"),
    ),
    v_mutants=(),
)
