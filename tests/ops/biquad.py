"""What biquad's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Biquad
from tests.graphs import HIGHPASS
from tests.ops.material import Material, c, case, v

UNLIKE = ((16384, 0, 0, 8000, 0), (-9000, 5000, 0, 0, 0))
FULL = (32767, 32767, 32767, -32767, -32767)
TAME = ((9000, 30, -7000, -100, 5000), HIGHPASS)


def random(rng, x):
    sections = tuple(tuple(int(k) for k in rng.integers(-32768, 32768, 5)) for _ in range(rng.integers(1, 3)))
    sections = sections if rng.random() < 0.5 else TAME[: rng.integers(1, 3)]
    return Biquad(sections, int(rng.integers(4, 25)), 14, int(rng.integers(0, 7)))


MATERIAL = Material(
    random=random,
    cases=(
        case(
            "biquad-wild",
            Biquad(((-32768, 32767, -32768, 32767, -32768),), bits=20, fraction=15),
            Stream((2,), Int(16)),
        ),
        case("biquad-unlike", Biquad(UNLIKE, guard=0), Stream((1,), Int(16))),
        case("biquad-widest", Biquad((FULL,), bits=28, fraction=15, guard=12), Stream((1,), Int(16)), only="c"),
        case("biquad-full", Biquad((FULL,), bits=16, fraction=15, guard=0), Stream((1,), Int(16))),
        case("biquad-i8-i16", Biquad(((8000, 4000, 0, -100, 5000),), bits=11, guard=2), Stream((2,), Int(8))),
        case("biquad-two-digits", Biquad(TAME), Stream((2,), Int(16)), budget=112),
        case(
            "biquad-three-digits",
            Biquad(((-32768, 32767, -32768, 32767, -32768),), 20, 15),
            Stream((2,), Int(16)),
            budget=38,
        ),
        case("biquad-five-digits", Biquad((FULL,), bits=16, fraction=15, guard=0), Stream((1,), Int(16)), budget=14),
        case("biquad-all-digits", Biquad((FULL, UNLIKE[1]), bits=24, fraction=0), Stream((3,), Int(16)), budget=48),
        case("biquad-three", Biquad(((8000, 4000, 0, -100, 5000),) * 3, bits=11, guard=2), Stream((3,), Int(8))),
    ),
    c_mutants=(
        c("rounds towards zero", "~(~x >> shift) : x >> shift", "-(-x >> shift) : x >> shift", "es_fixed.h"),
        c(
            "no saturation",
            "int64_t high)\n{\n    return x < low ? low : x > high ? high : x;",
            "int64_t high)\n{\n    (void)low, (void)high;\n    return x;",
            "es_fixed.h",
        ),
        c("sign of a2", "- (int64_t)c[4] * h[3]", "+ (int64_t)c[4] * h[3]"),
        c("sum of 32 bits", "(int32_t)es_saturate(es_shift(sum, ", "(int32_t)es_saturate(es_shift((int32_t)sum, "),
        c("x[t-2] is x[t-1]", "h[1] = h[0];\n    h[0] = x;", "h[0] = x;\n    h[1] = h[0];"),
        c("sections in reverse order", "p->coefficients + 5 * k,", "p->coefficients + 5 * (p->sections - 1 - k),"),
        c("elements share a state", "(k * p->elements + i)", "(k * p->elements)"),
        c("no guard bits", "(int32_t)(UINT32_C(1) << p->guard)", "1"),
    ),
    v_mutants=(
        v("-1 is ~0", " + (one << (2 * d))", "", "biquad-0"),
        v("moves down without sign", "next >>> STEP", "next >> STEP", "biquad-0"),
        v("sum a bit too narrow", "ACC  = H + 2 + STEP;", "ACC  = H + 1 + STEP;", "biquad-full"),
        v("digits at one scale", "(term << (2 * d))", "term", "biquad-two-digits"),
        v("shifts too little", "$signed(total) >>> MORE", "total", "biquad-three-digits"),
        v("no saturation", "above ? MAX : below ? MIN : ", "", "biquad-wild", "es_saturate.v"),
        v("sign of the a's", ": -{{2{c[15]}}, c}", ": {{2{c[15]}}, c}", "biquad-0"),
        v("y[t-2] is y[t-1]", "{tap[2], tap[0]}", "2'd1", "biquad-0"),
        v("sections in reverse order", "128*s + 8*(k", "128*(SECTIONS-1-s) + 8*(k", "biquad-unlike"),
        v("sections add up", "taken | (store & ~section_last)", "taken", "biquad-1"),
        v("elements share a history", "raddr_i({element,", "raddr_i({{EA{1'b0}},", "biquad-1"),
        v("history survives a reset", "seen    <= 2'b00;", "seen    <= 2'b11;", "biquad-0"),
        v("moves on before y is taken", "default: if (done)", "default:", "biquad-0"),
    ),
)
