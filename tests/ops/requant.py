"""What requant's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Requant
from tests.ops.material import Material, c, case, v


def random(rng, x):
    shifts = rng.integers(0, max(1, x.dtype.bits), x.shape[-1] if rng.random() < 0.3 else 1)
    return Requant(tuple(int(s) for s in shifts), Int(int(rng.integers(1, 13)), bool(rng.random() < 0.5)))


MATERIAL = Material(
    random=random,
    cases=(
        case("requant-u32", Requant((3,), Int(16)), Stream((3,), Int(32, False))),
        case("requant-to-u32", Requant((0,), Int(31, False)), Stream((3,), Int(32))),
        case("requant-i32-far", Requant((40, 31, 32), Int(8)), Stream((3,), Int(32))),
        case("requant-i16-far", Requant((47,), Int(8)), Stream((3,), Int(16))),
        case("requant-i16-to-u8", Requant((2, 3, 9), Int(5, False)), Stream((3,), Int(13))),
        case("requant-u16-to-i16", Requant((1,), Int(14)), Stream((2,), Int(16, False))),
        case("requant-narrow", Requant((6,), Int(8)), Stream((3,), Int(24))),
        case("requant-bit", Requant((0,), Int(1)), Stream((2,), Int(3))),
        case("requant-wide", Requant((40, 31, 47), Int(20)), Stream((3,), Int(48)), only="verilog"),
        case("requant-widen", Requant((0,), Int(48)), Stream((2,), Int(32, False)), only="verilog"),
    ),
    c_mutants=(
        c("rounds towards zero", "~(~x >> s) : x >> s", "-(-x >> s) : x >> s", "es_fixed.h"),
        c("rounds to nearest", "~(~x >> s) : x >> s", "~(~x >> s) : (x + (1 << s >> 1)) >> s", "es_fixed.h"),
        c("far shifts stop at 30", "shift < 31 ? shift : 31", "shift < 30 ? shift : 30", "es_fixed.h"),
        c(
            "no lower bound",
            "int32_t high)\n{\n    return x < low ? low : x > high ? high : x;",
            "int32_t high)\n{\n    (void)low;\n    return x > high ? high : x;",
            "es_fixed.h",
        ),
        c(
            "upper bound off by one",
            "int64_t high)\n{\n    return x < low ? low : x > high ? high : x;",
            "int64_t high)\n{\n    return x < low ? low : x >= high ? high - 1 : x;",
            "es_fixed.h",
        ),
        c("first shift for all", "k = k + 1 < shifts ? k + 1 : 0;", "k = 0;"),
        c("first shift for all, wide", "k = k + 1 < p->shifts ? k + 1 : 0;", "k = 0;"),
        c("accumulator without sign", "requant_narrow(p, x, y, ES_INT16);", "requant_narrow(p, x, y, ES_UINT16);"),
        c(
            "wide values in 32 bits",
            "es_shift(es_load(x, p->x_type, i), p",
            "es_shift((int32_t)es_load(x, p->x_type, i), p",
        ),
    ),
    v_mutants=(
        v("fills with zeros", "$signed(x) >>> shift", "x >> shift", "requant-narrow"),
        v(
            "rounds to nearest",
            "$signed(x) >>> shift",
            "($signed(x) + $signed({1'b0, {{(W-2){1'b0}}, 1'b1} << shift} >> 1)) >>> shift",
            "requant-narrow",
        ),
        v("no upper bound", "above ? MAX : ", "", "requant-narrow", "es_saturate.v"),
        v("no lower bound", "below ? MIN : ", "", "requant-narrow", "es_saturate.v"),
        v("negative values pass", "(Y_SIGNED == 0) | ", "", "requant-2", "es_saturate.v"),
        v(
            "upper bound a bit high",
            "|x_i[X_BITS-2:MAGNITUDE]",
            "|x_i[X_BITS-2:MAGNITUDE+1]",
            "requant-i16-to-u8",
            "es_saturate.v",
        ),
        v("unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "requant-7"),
        v("first shift for all", "VALUES[at*BITS +: BITS]", "VALUES[BITS-1:0]", "requant-5", "es_constant.v"),
        v("counts beats that wait", "x_valid_i & y_ready_i", "x_valid_i", "requant-5"),
    ),
)
