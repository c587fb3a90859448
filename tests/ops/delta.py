"""What delta's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Delta
from tests.ops.material import Material, c, case


def random(rng, x):
    widest = x.dtype.max - x.dtype.min
    count = int(rng.choice([1, x.shape[-1]]))
    return Delta(tuple(int(k) for k in rng.choice([1, widest // 20 + 1, widest // 4 + 1, widest], count)))


MATERIAL = Material(
    random=random,
    cases=(
        case("delta-wide", Delta((1 << 29, (1 << 32) - 1)), Stream((2,), Int(32))),
        case("delta-u32", Delta((1 << 29,)), Stream((2,), Int(32, False))),
    ),
    c_mutants=(
        c("a spike at the threshold up", "error > threshold", "error >= threshold"),
        c("a spike at the threshold down", "error < -threshold", "error <= -threshold"),
        c("downs before ups", "i + row * p->channels, up", "i + row * p->channels, down"),
        c("follows x at once", "up ? r + threshold : down", "up || down ? es_load(x, p->x_type, i) : down"),
        c("never down again", "down ? r - threshold : r", "r"),
        c("first threshold for all", "p->threshold[c]", "p->threshold[0]"),
        c("all downs at the end", "i + (row + 1) * p->channels, down", "i + p->rows * p->channels, down"),
    ),
    v_mutants=(),
)
