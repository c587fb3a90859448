"""What attention's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Attention
from tests.ops.material import Material, c, case, v


def random(rng, q, k, v):
    return Attention(int(rng.choice([1, 2, 3, 8])))


def of(size: int, bits: int, signed: bool = True) -> Stream:
    return Stream((size,), Int(bits, signed))


MATERIAL = Material(
    arity=3,
    random=random,
    cases=(
        case("attention-wide", Attention(2), of(2, 12), of(2, 4), of(1, 16)),
        case("attention-unsigned", Attention(3), of(1, 9, False), of(1, 10, False), of(2, 3, False)),
        case("attention-u31", Attention(1), of(1, 15, False), of(1, 16, False), of(1, 1, False), only="c"),
        case("attention-i32", Attention(1), of(1, 2), of(1, 3), of(2, 24)),
        case("attention-long", Attention(9), of(5, 4), of(5, 4), of(3, 4)),
        case("attention-few-to-many", Attention(2), of(1, 5), of(1, 5), of(7, 5)),
    ),
    c_mutants=(
        c("scores keep their sign", "sum > 0 ? (uint32_t)sum : 0", "(uint32_t)sum"),
        c("one product too few", "i < p->inputs", "i + 1 < p->inputs"),
        c("the first key for all", "slot * p->inputs + i", "i"),
        c("the first value for all", "slot * p->outputs + o", "o"),
        c("a frame short", "s->at + 1 < p->window", "s->at + 2 < p->window"),
        c("forgets the newest value", "memcpy(values + s->at * value_bytes, x2, value_bytes);", ""),
        c("values among the keys", "(p->window * key_bytes + 3) / 4 * 4", "p->window * key_bytes / 4"),
    ),
    v_mutants=(
        v("scores keep their sign", "~score[SCORE_BITS-1] & ", "", "attention-0"),
        v("slots that no frame filled count", " & (stored <= seen)", "", "attention-0"),
        v("a slot too few since reset", "stored <= seen", "stored < seen", "attention-0"),
        v("knows old frames after a reset", "seen       <= {WA{1'b0}};", "seen       <= seen;", "attention-long"),
        v("the first value for all", "BACK[VA-1:0] : STEP[VA-1:0]", "BACK[VA-1:0] : {VA{1'b0}}", "attention-0"),
        v("values of the next output", "if (frame_done) v_at", "if (done) v_at", "attention-0"),
        v("sign of the keys", ".X_SIGNED(X1_SIGNED)", ".X_SIGNED(1)", "attention-3"),
        v("sign of the values", ".X_SIGNED(X2_SIGNED)", ".X_SIGNED(1)", "attention-2"),
        v("sign of the query", ".X_SIGNED(X0_SIGNED)", ".X_SIGNED(1)", "attention-2"),
        v("weights have a sign", ".X_BITS(P), .X_SIGNED(0)", ".X_BITS(P), .X_SIGNED(1)", "attention-1"),
        v("sums go on", "load       <= begin_sum;", "load       <= begin_sum & ~summing;", "attention-0"),
        v("a score too early", "store      <= score_done;", "store      <= score_add & dot_last;", "attention-0"),
        v("moves on before y is taken", "default: if (done)", "default: if (1'b1)", "attention-0"),
    ),
)
