"""What dense's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Dense
from tests.ops.material import Material, c, case, v

SEND, HALVES, PAIR, DIGIT = "es_send.v", "es_halves.v", "es_mac_pair.v", "es_mac_digit.v"
OPERANDS, SHARED, ENGINE = "es_operands.v", "es_dense_shared.v", "es_engine.v"
NO_BIAS = "<= (load ? x_data_i[BITS-1:0] : others[BITS-1:0])"


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
        case("dense-parallel", dense(16, 8, 127), Stream((8,), Int(8)), budget=50),
        case("dense-rest", dense(16, 8, 127), Stream((2, 8), Int(8)), budget=110),
        case("dense-parallel-groups", dense(12, 3, 31, groups=3), Stream((2, 9), Int(8, False)), budget=80),
        case("dense-all-parallel", dense(3, 5, 7), Stream((5,), Int(6, False)), budget=12),
        case("dense-halves", dense(2, 12, 7), Stream((3, 12), Int(5)), budget=80),
        case("dense-no-bias", Dense(dense(4, 5, 7).weight, np.zeros(4, np.int64)), Stream((5,), Int(5)), budget=16),
        case("dense-pair", dense(6, 7, 31), Stream((7,), Int(6)), budget=34, engine="pair"),
        case("dense-pair-odd", dense(5, 9, 127), Stream((3, 9), Int(8, False)), budget=70, engine="pair"),
        case("dense-pair-groups", dense(8, 3, 100, groups=2), Stream((6,), Int(8)), budget=20, engine="pair"),
        case("dense-digit", dense(5, 12, 127), Stream((12,), Int(8)), engine="digit"),
        case("dense-digit-lanes", dense(7, 6, 31), Stream((6,), Int(12)), budget=110, engine="digit"),
        case("dense-digit-unsigned", dense(4, 9, 7), Stream((2, 9), Int(7, False)), budget=99, engine="digit"),
        case("dense-digit-groups", dense(6, 4, 1, groups=2), Stream((8,), Int(3)), budget=36, engine="digit"),
        case("dense-shared", dense(5, 12, 127), Stream((2, 12), Int(8, False)), engine="shared"),
        case("dense-shared-groups", dense(6, 4, 7, groups=2), Stream((8,), Int(5)), engine="shared"),
        case(
            "dense-shared-one", Dense(np.array([[-3]]), np.zeros(1, np.int64)), Stream((1,), Int(16)), engine="shared"
        ),
        case("dense-digit-one", dense(1, 1, 60), Stream((1,), Int(8, False)), engine="digit"),
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
        v("no bias", "<= (load ? x_data_i[BITS-1:0] : others[BITS-1:0]) + bias", NO_BIAS, "dense-parallel", SEND),
        v(
            "no bias of a single lane",
            "assign y_data_o  = x_data_i + bias",
            "assign y_data_o  = x_data_i",
            "dense-layer",
            SEND,
        ),
        v("one input too few", ".N(INPUTS)", ".N(INPUTS - 1)", "dense-layer", OPERANDS),
        v(
            "unsigned input has a sign",
            ".X_SIGNED(X_SIGNED), .W_BITS(WEIGHT_BITS)",
            ".X_SIGNED(1), .W_BITS(WEIGHT_BITS)",
            "dense-7",
        ),
        v("product a bit narrow", "[XS+W_BITS-1:0] product", "[XS+W_BITS-2:0] product", "dense-6", "es_mac.v"),
        v("weights without sign", "$signed(w_i)", "$signed({1'b0, w_i})", "dense-layer", "es_mac.v"),
        v("adds where it must hold", "wire add = add_i", "wire add = 1'b1", "dense-layer", "es_mac.v"),
        v("groups share inputs", "base <= base + NEXT[LA-1:0]", "base <= base", "dense-3", OPERANDS),
        v("weights run on", ".N(WORDS)", ".N(WORDS + 1)", "dense-layer", OPERANDS),
        v("moves on before all are sent", "~valid | (y_ready_i & last)", "~valid | y_ready_i", "dense-parallel", SEND),
        v("sends too many of the last block", "x_rest_i ? FEW", "1'b0 ? FEW", "dense-rest", SEND),
        v("every block is the last of its group", "rest <= group_last", "rest <= 1'b1", "dense-rest"),
        v("biases begin with the second", "read = step_i | ~there", "read = step_i", "dense-layer", "es_rom_loop.v"),
        v("sums go on from block to block", ".clear_i(send | idle)", ".clear_i(idle)", "dense-layer"),
        v("computes while sums wait", "(~finish | room)", "1'b1", "dense-layer"),
        v("sums are sent too early", "finish   <= complete", "finish   <= block_done", "dense-layer"),
        v("the last line's sums are kept", "idle     <= 1'b1;", "idle     <= 1'b0;", "dense-layer"),
        v("lines share a half", "read ^ emptied_i}", "read}", "dense-halves", HALVES),
        v(
            "fills a half that is read",
            "assign room_o     = ~full[write];",
            "assign room_o     = 1'b1;",
            "dense-halves",
            HALVES,
        ),
        v("reads a line that is not there", "full <= filled_i |", "full <= 1'b1 |", "dense-layer", HALVES),
        v(
            "computes on after a reset",
            "if (!rst_ni) full <= 1'b0;",
            "if (!rst_ni) full <= full;",
            "dense-layer",
            HALVES,
        ),
        v(
            "lanes of a pair swapped",
            ".w_i(w_i), .y_o(y_o)",
            ".w_i({w_i[W_BITS-1:0], w_i[2*W_BITS-1:W_BITS]}), .y_o(y_o)",
            "dense-pair",
            PAIR,
        ),
        v("pairs share their weights", "w[2*W_BITS*k +: 2*W_BITS]", "w[2*W_BITS-1:0]", "dense-pair-odd", "es_lanes.v"),
        v("digits at one scale", "shift_i ? {y_o[Y_BITS-3:0], 2'b00} : y_o", "y_o", "dense-digit", DIGIT),
        v("-1 is ~0", "minus = &code_i & add_i", "minus = 1'b0", "dense-digit", DIGIT),
        v("2 is 1", "? ~x_i : twice)", "? ~x_i : x_i)", "dense-digit", "es_digit.v"),
        v("shifts with every input", "issue & first", "issue", "dense-digit"),
        v("a digit too few", ".N(PLANES)", ".N(PLANES - 1)", "dense-digit", OPERANDS),
        v(
            "unsigned x of a shared engine",
            ".X_SIGNED(X_SIGNED), .Y_BITS(OPERAND",
            ".X_SIGNED(1), .Y_BITS(OPERAND",
            "dense-shared",
            SHARED,
        ),
        v("no bias of a shared engine", "y <= sum + bias", "y <= sum", "dense-shared", SHARED),
        v("a sum has no place", "~owed & (~valid | y_ready_i)", "~owed", "dense-shared", SHARED),
        v("asks before its sum is there", "full & ~owed &", "full &", "dense-shared-groups", SHARED),
        v("sums of a shared engine go on", ".load_i(~add)", ".load_i(1'b0)", "dense-shared", ENGINE),
        v("begins before the sum is taken", "{~busy & ~complete}", "{~busy}", "sorter-shared", ENGINE),
        v("begins in the middle of an output", "{~busy & ~complete}", "{~complete}", "sorter-shared", ENGINE),
        v("two layers at once", "ask_i & ~above &", "ask_i &", "sorter-shared", ENGINE),
        v("every layer has the sum", "on & {LAYERS{finish}}", "{LAYERS{finish}}", "sorter-shared", ENGINE),
    ),
)
