"""What peak's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Peak
from tests.ops.material import Material, c, case, v


def random(rng, x):
    high = x.dtype.max
    thresholds = rng.choice([0, max(0, high - 1), max(0, high // 4)], x.shape[0] if len(x.shape) == 1 else 1)
    return Peak(tuple(int(t) for t in thresholds), int(rng.integers(1, 5)), int(rng.choice([0, 1, 7])))


HISTORY, REFRACTORY = "es_history.v", "es_refractory.v"
MATERIAL = Material(
    random=random,
    cases=(
        case("peak-i16", Peak((50, 0), reach=2, refractory=2), Stream((2,), Int(12))),
        case("peak-u16", Peak((3000,), reach=3, refractory=1), Stream((1,), Int(13, False))),
        case("peak-i32", Peak((0, 9), reach=1, refractory=1), Stream((2,), Int(18))),
        case("peak-many", Peak((0,) * 12, reach=2, refractory=0), Stream((12,), Int(8, False))),
        case("peak-far", Peak((3000,), reach=17, refractory=40), Stream((1,), Int(13, False))),
    ),
    c_mutants=(
        c("a threshold that counts itself", "c > p->threshold[i]", "c >= p->threshold[i]"),
        c("second of equals", "other >= c : other > c", "other > c : other >= c && k > p->reach"),
        c("both of equals", "other >= c : other > c", "other > c : other > c"),
        c("looks ahead a frame less", "k < slots; k++", "k + 1 < slots; k++"),
        c("ignores the refractory time", "if (wait[i] > 0)", "if (false)"),
        c("refractory time a frame long", "wait[i] = p->refractory;", "wait[i] = p->refractory + 1;"),
        c("refractory time never ends", "wait[i]--;", ""),
        c("centre a frame early", "centre = s->at + p->reach + 1 < slots", "centre = s->at + p->reach + 1 <= slots"),
    ),
    v_mutants=(
        v("a threshold that counts itself", "c_s > threshold_s", "c_s >= threshold_s", "peak-2"),
        v("second of equals", "{value_s, earlier}", "{value_s, ~earlier}", "peak-2"),
        v("both of equals", "{value_s, earlier}", "{value_s, 1'b0}", "peak-2"),
        v(
            "looks back a frame less",
            "OLDEST = -2 * REACH * CHANNELS;",
            "OLDEST = (1 - 2 * REACH) * CHANNELS;",
            "peak-0",
            HISTORY,
        ),
        v("centre a frame early", "CENTRE = -REACH * CHANNELS;", "CENTRE = (1 - REACH) * CHANNELS;", "peak-0", HISTORY),
        v("ignores the refractory time", " & over;", ";", "peak-2"),
        v("refractory time a frame long", "ALL = REFRACTORY", "ALL = REFRACTORY + 1", "peak-2", REFRACTORY),
        v("refractory time never ends", "left - 1'b1", "left", "peak-2", REFRACTORY),
        v("first threshold for all", ".COUNT(COUNT), .VALUES", ".COUNT(1), .VALUES", "peak-0"),
        v(
            "sign of the input lost",
            ".X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_c",
            ".X_SIGNED(0), .Y_BITS(X_BITS + 1)) sign_c",
            "peak-3",
        ),
        v("ring survives a reset", ".we_i(taken | clear_o)", ".we_i(taken)", "peak-many", HISTORY),
        v("moves on before y is taken", "last | (y_valid_o & ~y_ready_i)", "last", "peak-0"),
    ),
)
