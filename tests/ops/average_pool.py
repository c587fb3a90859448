"""What average_pool's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import AveragePool
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return AveragePool(int(rng.choice([1, 2, 4, 8])), int(rng.choice([1, 1, 2, 3])))


MATERIAL = Material(
    random=random,
    cases=(
        case("average_pool-i32", AveragePool(4), Stream((2,), Int(30))),
        case("average_pool-u31", AveragePool(2), Stream((1,), Int(30, False))),
    ),
    c_mutants=(
        c("forgets nothing", " - (uint32_t)es_load(slot, p->x_type, i)", ""),
        c("kernel a frame short", "s->at + 1 < p->kernel ?", "s->at + 2 < p->kernel ?"),
        c("keeps the first frames", "memcpy(slot, x, frame);", ""),
        c("stride a frame long", "s->phase < p->stride", "s->phase <= p->stride"),
        c("skipped frames do not count", "sum[i] +=", "sum[i] += (s->phase + 1 < p->stride) ? 0 :"),
    ),
    v_mutants=(
        v("forgets nothing", " - minus", "", "average_pool-0"),
        v("kernel a frame short", "KERNEL * SIZE", "(KERNEL - 1) * SIZE", "average_pool-3"),
        v("sums survive a reset", "begun <= 1'b0", "begun <= 1'b1", "average_pool-0"),
        v("skipped frames do not count", ".we_i(left)", ".we_i(left & due)", "average_pool-4"),
        v("a lone element has no sum", "sum = only", "sum = {Y_BITS{1'b0}}", "average_pool-1"),
        v(
            "sign of the input lost",
            ".X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) extend_newest",
            ".X_SIGNED(0), .Y_BITS(Y_BITS)) extend_newest",
            "average_pool-0",
        ),
        v("moves on before y is taken", "y_ready_i | ~due", "1'b1", "average_pool-1"),
    ),
)
