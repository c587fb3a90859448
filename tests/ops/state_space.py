"""What state_space's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import StateSpace
from tests.ops.material import Material, c, case, v


def random(rng, x):
    states, inputs = int(rng.integers(1, 5)), x.shape[-1]
    top = int(rng.choice([1, 300, 32767]))
    a, b = rng.integers(-top - 1, top + 1, (states, states)), rng.integers(-top - 1, top + 1, (states, inputs))
    return StateSpace(a, b, int(rng.choice([1, 5, 12, 20])), int(rng.choice([0, 8, 15])))


WIDE = StateSpace(np.array([[-32768, 32767], [1, -32768]]), np.array([[-32768], [32767]]), 31, 15)
TURN = StateSpace(np.array([[3, -14], [14, 3]]), np.array([[5, -2], [-16, 9]]), 6, 4)
MATERIAL = Material(
    random=random,
    cases=(
        case("state_space-wide", WIDE, Stream((1,), Int(31))),
        case("state_space-narrow", TURN, Stream((2,), Int(10, False))),
        case("state_space-parallel", TURN, Stream((2,), Int(6)), budget=13),
        case("state_space-u32", WIDE, Stream((1,), Int(30, False))),
    ),
    c_mutants=(
        c("rounds towards zero", "es_shift(sum, p->fraction)", "sum / ((int64_t)1 << p->fraction)"),
        c("one step too high", "p->low, p->high)", "p->low, -(int64_t)p->low)"),
        c("no bound below", "p->low, p->high)", "INT64_MIN, p->high)"),
        c("sum of 32 bits", "es_shift(sum,", "es_shift((int32_t)sum,"),
        c(
            "reads new states",
            "es_saturate(es_shift(sum, p->fraction), p->low, p->high)",
            "s[n] = (int32_t)es_saturate(es_shift(sum, p->fraction), p->low, p->high)",
        ),
        c("a state is not kept", "n < p->states; n++) {\n        s[n]", "n + 1 < p->states; n++) {\n        s[n]"),
        c("an input is not read", "k < p->inputs", "k + 1 < p->inputs"),
        c("one row for all", ", row += p->states + p->inputs", ""),
    ),
    v_mutants=(
        v("unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "state_space-1"),
        v("no room for a sign", "X_BITS : X_BITS + 1", "X_BITS : X_BITS", "state_space-narrow"),
        v("sign of a state lost", ".X_SIGNED(1), .Y_BITS(L)", ".X_SIGNED(0), .Y_BITS(L)", "state_space-narrow"),
        v("states survive a reset", "seen     <= 1'b0;", "seen     <= 1'b1;", "state_space-0"),
        v("one state for all", ".raddr_i(at)", ".raddr_i({A{1'b0}})", "state_space-0"),
        v("one shift less", ".SHIFTS(FRACTION)", ".SHIFTS(FRACTION - 1)", "state_space-0"),
        v("takes x with the last state", " & ~recalled & line_ready", " & line_ready", "state_space-0"),
        v("recalls before all are sent", "default: if (sent & state_last)", "default: if (sent)", "state_space-1"),
    ),
)
