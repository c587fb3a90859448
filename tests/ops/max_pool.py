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
    v_mutants=(
        v("the least", "(tap ^ SIGN) >", "(tap ^ SIGN) <", "max_pool-0"),
        v("sign of the input lost", "(SIGNED != 0)", "(SIGNED == 0)", "max_pool-0"),
        v("never begins anew", "(first | greater)", "greater", "max_pool-1"),
        v("a frame more", ".KERNEL(KERNEL)", ".KERNEL(KERNEL + 1)", "max_pool-0"),
        v("ignores the stride", ".STRIDE(STRIDE)", ".STRIDE(1)", "max_pool-3"),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "max_pool-1"),
    ),
)
