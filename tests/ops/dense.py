"""What dense's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Dense
from tests.ops.material import Material, c, case, v

MAC = "es_mac.v"


def dense(out: int, width: int, top: int, groups: int = 1) -> Dense:
    """Random weights of -top - 1 to top, both of them among them."""
    rng = np.random.default_rng(out)
    weight = rng.integers(-top - 1, top + 1, (out, width))
    weight.flat[0], weight.flat[-1] = -top - 1, top
    return Dense(weight, rng.integers(-9000, 9000, out), groups)


def random(rng, x):
    groups = int(rng.choice([g for g in (1, 2, 3) if x.shape[-1] % g == 0]))
    shape = (groups * int(rng.integers(1, 6)), x.shape[-1] // groups)
    top = int(rng.choice([1, 7, 127]))
    weight = rng.integers(-top - 1, top + 1, shape)
    if rng.random() < 0.3:
        weight = rng.choice([-top - 1, top, 0, 1], shape)
    return Dense(weight, rng.integers(-(1 << 12), 1 << 12, shape[0]), groups)


ONES = Dense(np.ones((5, 2), np.int64), np.zeros(5, np.int64))
MATERIAL = Material(
    random=random,
    cases=(
        case("dense-layer", dense(5, 12, 127), Stream((12,), Int(8))),
        case("dense-i8-i16", dense(7, 4, 7), Stream((4,), Int(6))),
        case("dense-u8-i16", dense(6, 5, 7), Stream((5,), Int(6, False))),
        case("dense-groups-by-four", dense(10, 3, 100, groups=2), Stream((2, 6), Int(8, False))),
        case("dense-w16", dense(5, 3, 30000), Stream((3,), Int(8))),
        case("dense-w32", dense(5, 2, 1 << 20), Stream((2,), Int(9, False)), only="c"),
        case("dense-u16", dense(5, 3, 127), Stream((3,), Int(16, False)), only="c"),
        case("dense-i32", dense(5, 3, 7), Stream((3,), Int(24))),
        case("dense-widest", Dense(np.array([[-(1 << 15)]]), np.array([-1 << 30])), Stream((1,), Int(16)), only="c"),
        case("dense-u32", ONES, Stream((2,), Int(30, False))),
        case("dense-parallel", dense(16, 8, 127), Stream((8,), Int(8)), budget=60),
        case("dense-parallel-groups", dense(12, 3, 31, groups=3), Stream((2, 9), Int(8, False)), budget=80),
        case("dense-all-parallel", dense(3, 5, 7), Stream((5,), Int(6, False)), budget=20),
    ),
    c_mutants=(
        c("no bias by fours", "(uint32_t)bias[o + 3]}", "0}"),
        c("outputs swapped", "sum1 += (uint32_t)es_load(weight1,", "sum1 += (uint32_t)es_load(weight2,"),
        c(
            "one input too few by fours",
            "for (size_t i = 0; i < inputs; i++) {\n        const",
            "for (size_t i = 0; i + 1 < inputs; i++) {\n        const",
        ),
        c(
            "one input too few",
            "for (size_t i = 0; i < inputs; i++) {\n        sum +=",
            "for (size_t i = 0; i + 1 < inputs; i++) {\n        sum +=",
        ),
        c(
            "sign of the input",
            "dense_fast_group(p, first, x, ES_UINT8, y, ES_INT32)",
            "dense_fast_group(p, first, x, ES_INT8, y, ES_INT32)",
        ),
        c(
            "sign of the input, narrow",
            "dense_fast_group(p, first, x, ES_UINT8, y, ES_INT16)",
            "dense_fast_group(p, first, x, ES_INT8, y, ES_INT16)",
        ),
        c("groups share weights", "dense_group(p, g * p->outputs, x, y);", "dense_group(p, 0, x, y);"),
        c("groups share inputs", "x = dense_skip(x, p->x_type, p->inputs);", ""),
        c("rest of the outputs keeps the weights", "o++, weight += inputs", "o++"),
    ),
    v_mutants=(
        v("no bias", ".start_i(bias[lane*Y_BITS +: Y_BITS])", ".start_i({Y_BITS{1'b0}})", "dense-layer"),
        v("one input too few", ".N(INPUTS)", ".N(INPUTS - 1)", "dense-layer"),
        v("unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "dense-7"),
        v("product a bit narrow", "[XS+W_BITS-1:0] product", "[XS+W_BITS-2:0] product", "dense-6", "es_mac.v"),
        v("weights without sign", "$signed(w_i)", "$signed({1'b0, w_i})", "dense-layer", "es_mac.v"),
        v("groups share inputs", "base <= base + NEXT[LA-1:0]", "base <= base", "dense-3"),
        v("weights run on", ".N(WORDS)", ".N(WORDS + 1)", "dense-layer"),
        v("lanes swapped", "weight[lane*", "weight[(PARALLEL-1-lane)*", "dense-parallel"),
        v("moves on before all lanes are sent", "(y_ready_i & lane_last)", "y_ready_i", "dense-parallel"),
        v(
            "moves on before y is taken",
            "advance    = ~y_valid_o | (y_ready_i & lane_last)",
            "advance    = 1'b1",
            "dense-layer",
        ),
        v("computes on after a reset", "computing  <= 1'b0;", "computing  <= computing;", "dense-layer"),
    ),
)
