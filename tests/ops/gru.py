"""What gru's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Gru
from tests.ops.material import Material, c, case, v

TOWARDS_ZERO = "((int64_t)g * value / ((int64_t)1 << p->gate_bits))"
OTHER_WAY = "n + gru_gated(p, z, n - (int32_t)es_load(state, p->y_type, i))"
ROTATED = "{made, rz[2*GATE_BITS-1:GATE_BITS]}"
SWAPPED = "rz_next = {made[GATE_BITS-1:0], made[2*GATE_BITS-1:GATE_BITS]}"


def random(rng, x):
    """Shifts near the width of the sums, so that gates and candidates neither stay at an end nor in the middle."""
    (inputs,) = x.shape
    units, gate_bits, bits = int(rng.integers(1, 5)), int(rng.choice([1, 4, 8, 16])), int(rng.choice([2, 8, 12, 16]))
    top = int(rng.choice([1, 7, 127]))
    ends = [-top - 1, top, 0, 1, *rng.integers(-top, top + 1, 4)]
    width = int(top).bit_length() + max(x.dtype.bits, bits) - 1
    shift, shift_n = (int(np.clip(width - b + rng.integers(-2, 3), 0, 31)) for b in (gate_bits, bits))
    bias = rng.integers(-1 << width, 1 << width, 4 * units)
    weight_x, weight_h = rng.choice(ends, (3 * units, inputs)), rng.choice(ends, (3 * units, units))
    return Gru(weight_x, weight_h, bias[:-units], bias[-units:], shift, shift_n, gate_bits, bits)


def gru(inputs: int, units: int, top: int, gate_bits: int, bits: int, x_bits: int = 8) -> Gru:
    """Random weights of -top - 1 to top, both of them among them; gates and candidates use all of their range."""
    rng = np.random.default_rng(inputs * units)
    weight_x = rng.integers(-top - 1, top + 1, (3 * units, inputs))
    weight_h = rng.integers(-top - 1, top + 1, (3 * units, units))
    weight_x.flat[0], weight_x.flat[-1], weight_h.flat[0], weight_h.flat[-1] = -top - 1, top, top, -top - 1
    width = int(top).bit_length() + max(x_bits, bits) - 1
    bias = rng.integers(-1 << width, 1 << width, 4 * units)
    shifts = (max(0, width - gate_bits), max(0, width - bits))
    return Gru(weight_x, weight_h, bias[:-units], bias[-units:], *shifts, gate_bits, bits)


def brimful() -> Gru:
    """Each sum reaches the least or the greatest value of 32 bits, where x and h are at an end of their ranges."""
    top = (1 << 31) - 1 - 32767 * 32767
    low = -(1 << 31) + 32768 * 32767
    weight_x, weight_h = np.array([[32767], [-32768], [32767]]), np.array([[1], [1], [1]])
    return Gru(weight_x, weight_h, np.array([top - 1, low + 2, top - 2]), np.array([1]), 30, 30, 2, 2)


MATERIAL = Material(
    random=random,
    cases=(
        case("gru-layer", gru(5, 6, 127, 8, 8), Stream((5,), Int(8))),
        case("gru-lanes", gru(5, 6, 127, 8, 8), Stream((5,), Int(8)), budget=250),
        case("gru-lanes-one", gru(1, 1, 7, 1, 2, x_bits=3), Stream((1,), Int(3, False)), budget=11),
        case("gru-w16", gru(2, 3, 30000, 8, 8), Stream((2,), Int(8))),
        case("gru-w32", gru(2, 2, 1 << 20, 6, 6, x_bits=6), Stream((2,), Int(6))),
        case("gru-u16", gru(3, 2, 7, 16, 16, x_bits=16), Stream((3,), Int(16, False))),
        case("gru-i24", gru(2, 3, 7, 16, 12, x_bits=24), Stream((2,), Int(24))),
        case("gru-u8-i16", gru(4, 3, 127, 10, 12), Stream((4,), Int(8, False))),
        case("gru-i32", brimful(), Stream((1,), Int(16)), only="c"),
    ),
    c_mutants=(
        c("one product too few", "i < length; i++", "i + 1 < length; i++"),
        c("one product too few of others", "i < 3 * length", "i < 3 * length - 3"),
        c("fours of inputs overlap", "weight + 12 * es_size(w)", "weight + 9 * es_size(w)"),
        c("weights of r for z", "weight, w, 3 * i + 1)", "weight, w, 3 * i)"),
        c("weights of the first unit", "weight + unit * 3", "weight + 0 * unit * 3"),
        c("sign of the input", "own, ES_INT8, x, ES_UINT8, length", "own, ES_INT8, x, ES_INT8, length"),
        c("no half in the gates", "-half, half - 1) + half", "-half, half - 1)"),
        c("gates reach 1", "-half, half - 1)", "-half, half)"),
        c("gates go below 0", "p->shift), -half,", "p->shift), -2 * half,"),
        c("r and z in the other order", "r = gru_gate(p, sum[0]);", "r = gru_gate(p, sum[1]);"),
        c("z is r", "z = gru_gate(p, sum[1]);", "z = gru_gate(p, sum[0]);"),
        c("products round towards zero", "es_shift((int64_t)g * value, p->gate_bits)", TOWARDS_ZERO),
        c("r leaves the bias out", "gru_gated(p, r, sum[2])", "gru_gated(p, r, sum[2] - bias[3]) + bias[3]"),
        c("r resets the input", "sum[2] = bias[3];", "sum[2] += bias[3];\n        given = 0;"),
        c("no saturation of n", ", -p->high - 1, p->high)", ", INT32_MIN, INT32_MAX)"),
        c("n symmetric", "-p->high - 1", "-p->high"),
        c("n at the scale of the gates", "p->shift_n", "p->shift"),
        c("h and n in the other order", "n + gru_gated(p, z, (int32_t)es_load(state, p->y_type, i) - n)", OTHER_WAY),
        c("new h at once", "i) - n));", "i) - n));\n        memcpy(state, y, (i + 1) * es_size(p->y_type));"),
        c("h stays", "    memcpy(state, y, p->units * es_size(p->y_type));\n", ""),
    ),
    v_mutants=(
        v("no half in the gates", "shifted + HALF", "shifted", "gru-layer"),
        v("gates are floored without sign", "shifted = sum >>> SHIFT", "shifted = sum >> SHIFT", "gru-layer"),
        v("gates wrap", "above ? MAX : below ? MIN : ", "", "gru-layer", "es_saturate.v"),
        v("r and z in the other order", ROTATED, "{rz[GATE_BITS-1:0], made}", "gru-layer"),
        v("r and z in the other lane", "rz_next = made", SWAPPED, "gru-lanes"),
        v("a step of r short", "NEW = GATE_BITS + 2", "NEW = GATE_BITS + 1", "gru-layer"),
        v("a step of z short", "SEND = 2 * GATE_BITS + 3", "SEND = 2 * GATE_BITS + 2", "gru-layer"),
        v("z begins with what r left", ".clear_i(gates | new_n)", ".clear_i(gates)", "gru-layer"),
        v("halves without sign", "{y_o[BITS-1], y_o}", "{1'b0, y_o}", "gru-layer", "es_gate.v"),
        v("adds without sign", "{x_i[BITS-1], x_i}", "{1'b0, x_i}", "gru-layer", "es_gate.v"),
        v("n is floored without sign", "total >>> SHIFT_N", "total >> SHIFT_N", "gru-layer"),
        v("no bias_n", "load | (turn & (lane == LANES - 1))", "load", "gru-layer"),
        v("bias_n in every lane", "(turn & (lane == LANES - 1))", "turn", "gru-lanes"),
        v("a_n a frame old", "if (turn) given_n", "if (load) given_n", "gru-layer"),
        v("bias_n comes with r", "pass_last ? TURN", "~pass_last ? TURN", "gru-layer"),
        v("h and n in the other order", "h_gated - n_wide", "n_wide - h_gated", "gru-layer"),
        v("new h at once", "{~bank, unit}", "{bank, unit}", "gru-layer"),
        v("h survives a reset", "fresh      <= 1'b1;", "fresh      <= 1'b0;", "gru-layer"),
        v("h of the first unit", "from_h ? h_at : unit", "h_at", "gru-layer"),
        v("unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "gru-u8-i16"),
        v("moves on before y is taken", "default: if (done)", "default: if (send)", "gru-layer"),
    ),
)
