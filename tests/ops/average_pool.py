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
    v_mutants=(),
)
