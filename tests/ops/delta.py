"""What delta's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Delta
from tests.ops.material import Material, c, case, v


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
    v_mutants=(
        v("a spike at the threshold up", "error > rise", "error >= rise", "delta-2"),
        v("a spike at the threshold down", "error < fall", "error <= fall", "delta-2"),
        v(
            "sign of the input lost",
            ".X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_x",
            ".X_SIGNED(0), .Y_BITS(X_BITS + 1)) sign_x",
            "delta-0",
        ),
        v("follows x at once", "up ? r + threshold", "up ? x", "delta-0"),
        v("ups for downs", "downs[CHANNELS-1] <= down", "downs[CHANNELS-1] <= up", "delta-0"),
        v("first threshold for all", "THRESHOLDS[channel*X_BITS +: X_BITS]", "THRESHOLDS[X_BITS-1:0]", "delta-1"),
        v("r survives a reset", "seen  <= 1'b0;", "seen  <= 1'b1;", "delta-0"),
        v("moves on before y is taken", "default: if (done & line_last)", "default: if (line_last)", "delta-0"),
    ),
)
