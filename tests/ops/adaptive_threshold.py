"""What adaptive_threshold's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import AdaptiveThreshold
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    shift = int(rng.integers(0, 8))
    return AdaptiveThreshold(int(rng.choice([1, 3, 1 << shift, (1 << shift) + 1, 1 << 15])), shift)


WIDE = AdaptiveThreshold(1 << 15, 15)
MATERIAL = Material(
    arity=2,
    random=random,
    cases=(
        case("adaptive_threshold-u32", WIDE, Stream((2,), Int(32, False)), Stream((2,), Int(32, False))),
        case("adaptive_threshold-i32", AdaptiveThreshold(3, 2), Stream((2,), Int(32)), Stream((2,), Int(32))),
    ),
    c_mutants=(
        c("not strict", ") > level", ") >= level"),
        c("no factor", "(int64_t)p->factor * ", ""),
        c(
            "shifts before it multiplies",
            "es_shift((int64_t)p->factor * es_load(x1, p->x1_type, i), p->shift)",
            "p->factor * es_shift(es_load(x1, p->x1_type, i), p->shift)",
        ),
        c("rounds towards zero", "~(~x >> shift) : x >> shift", "-(-x >> shift) : x >> shift", "es_fixed.h"),
        c("product of 32 bits", "(int64_t)p->factor * es_load", "(int32_t)p->factor * (int32_t)es_load"),
    ),
    v_mutants=(
        v("no factor", "level * TIMES", "level", "adaptive_threshold-0"),
        v("fills with zeros", "product >>> SHIFT", "product >> SHIFT", "adaptive_threshold-1"),
        v("shifts before it multiplies", "= level * TIMES", "= (level >>> SHIFT) * TIMES", "adaptive_threshold-0"),
        v(
            "unsigned level has a sign",
            "(X1_SIGNED != 0) ? X1_BITS : X1_BITS + 1",
            "X1_BITS",
            "adaptive_threshold-0",
        ),
        v("product a few bits narrow", "[N+16:0] product", "[N+8:0] product", "adaptive_threshold-3"),
    ),
)
