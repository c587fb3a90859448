"""What lif's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Lif
from tests.ops.material import Material, c, case, v

LEAKS_NEW = "es_load(x, p->x_type, i) - es_shift32((int32_t)es_load(x, p->x_type, i), p->leak[i]) + fed"
AT_ONCE = "spikes[i] = spike;\n        *count = p->recurrent != NULL ? lif_list(spikes, i + 1, spiked) : 0;"
NONE = np.zeros((0, 0), np.int64)


def random(rng, x):
    """Membranes about as narrow as the input, so that they saturate, and thresholds at both ends."""
    elements = x.shape[-1]
    bits = int(np.clip(x.dtype.bits + rng.integers(-2, 5), 2, 32))
    top = Int(bits).max
    thresholds = rng.choice([1, top, max(1, top - 1), max(1, top // 4)], elements if rng.random() < 0.5 else 1)
    leaks = rng.choice([1, 2, 4, 15], elements if rng.random() < 0.5 else 1)
    weight = rng.choice([-top - 1, top, 0, 1, -1, top // 3], (elements, elements))
    refractory = int(rng.choice([0, 0, 1, 3]))
    return Lif(
        tuple(map(int, leaks)), tuple(map(int, thresholds)), bits, weight if rng.random() < 0.5 else NONE, refractory
    )


def recurrent(elements: int, top: int) -> np.ndarray:
    """Random weights of -top - 1 to top, both of them among them."""
    weight = np.random.default_rng(elements).integers(-top - 1, top + 1, (elements, elements))
    weight.flat[0], weight.flat[-1] = -top - 1, top
    return weight


MATERIAL = Material(
    random=random,
    cases=(
        case("lif-widest", Lif((1,), ((1 << 31) - 2,), 32), Stream((2,), Int(32))),
        case("lif-u20", Lif((3, 15), (1 << 19, 1), 24, refractory=1), Stream((2,), Int(20, False))),
        case("lif-w16", Lif((2,), (3000,), 16, recurrent(4, 20000)), Stream((4,), Int(14))),
        case("lif-w32", Lif((3,), (50000,), 20, recurrent(3, 1 << 18), refractory=1), Stream((3,), Int(18))),
        case("lif-many", Lif((2,), (9,), 6, recurrent(9, 7), refractory=4), Stream((9,), Int(4))),
        case("lif-fires-always", Lif((1, 4), (1, 2), 3, recurrent(2, 1)), Stream((2,), Int(3))),
    ),
    c_mutants=(
        c("a threshold that counts itself", "risen > p->threshold[i]", "risen >= p->threshold[i]"),
        c("no saturation", "risen = (int32_t)es_saturate(sum, p->low, p->high)", "risen = (int32_t)sum"),
        c("saturates at the top alone", "es_saturate(sum, p->low,", "es_saturate(sum, -(int64_t)p->high * 4,"),
        c("leaks towards zero", "es_shift32(u[i], p->leak[i])", "u[i] / (1 << p->leak[i])"),
        c("leaks the input", "es_load(x, p->x_type, i) + fed", LEAKS_NEW),
        c("resets to zero", "spike ? p->threshold[i] : 0", "spike ? risen : 0"),
        c("resets before the spike", "risen > p->threshold[i]", "risen - p->threshold[i] > p->threshold[i]"),
        c("resets whenever it is above", "risen - (spike ?", "risen - (risen > p->threshold[i] ?"),
        c("spikes of the same frame", "spikes[i] = spike;", AT_ONCE),
        c("spikes are not kept", "*count = lif_list(spikes, p->elements, spiked);", ""),
        c("weights of the first element", "element * p->elements", "0 * element"),
        c("a weight too few", "k < count", "k + 1 < count"),
        c("the last element feeds nothing back", "i < elements", "i + 1 < elements"),
        c("ignores the refractory time", " && wait[i] == 0", ""),
        c("refractory time a frame long", "? p->refractory :", "? p->refractory + 1 :"),
        c("refractory time never ends", "wait[i] - (wait[i] > 0)", "wait[i]"),
    ),
    v_mutants=(
        v("a threshold that counts itself", "$signed(risen) > $signed", "$signed(risen) >= $signed", "lif-1"),
        v("a threshold without sign", "$signed(risen) > $signed(threshold)", "risen > threshold", "lif-1"),
        v("no saturation", "above ? MAX : below ? MIN : ", "", "lif-1", "es_saturate.v"),
        v("leaks without sign", "(u_wide >>> leak)", "(u_wide >> leak)", "lif-0"),
        v("first leak for all", ".step_i(done), .y_o(leak)", ".step_i(1'b0), .y_o(leak)", "lif-2"),
        v("first threshold for all", ".step_i(done), .y_o(threshold)", ".step_i(1'b0), .y_o(threshold)", "lif-2"),
        v("no reset", "risen - (y_data_o ? threshold : {U_BITS{1'b0}})", "risen", "lif-0"),
        v("resets to zero", "(y_data_o ? threshold :", "(y_data_o ? risen :", "lif-0"),
        v("membrane survives a reset", "fresh     <= 1'b1;", "fresh     <= 1'b0;", "lif-0"),
        v("elements share a membrane", ".raddr_i(ahead)", ".raddr_i({EA{1'b0}})", "lif-0"),
        v("a lone element reads too early", " & (CHANNELS > 1)", "", "lif-3"),
        v("unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "lif-3"),
        v(
            "the membrane of the element before",
            "leaked_before <= leaked",
            "if (taken) leaked_before <= leaked",
            "lif-2",
        ),
        v("every weight is added", "issue & past[0]", "issue", "lif-2"),
        v(
            "weights without sign",
            ".X_BITS(RECURRENT_BITS), .X_SIGNED(1)",
            ".X_BITS(RECURRENT_BITS), .X_SIGNED(0)",
            "lif-2",
        ),
        v("spikes of the same frame", "if (done & last) past", "if (done) past", "lif-2"),
        v("spikes in reverse order", "past[0]}});", "past[0]}}) ^ (past & TOP);", "lif-2"),
        v("spikes survive a reset", "past     <= {CHANNELS{1'b0}};", "past     <= past;", "lif-2"),
        v("ignores the refractory time", " & idle;", ";", "lif-2"),
        v("refractory time a frame long", "SILENT = REFRACTORY;", "SILENT = REFRACTORY + 1;", "lif-2"),
        v("refractory time never ends", "wait_left - 1'b1", "wait_left", "lif-2"),
        v("moves on before y is taken", "complete | (y_valid_o & ~y_ready_i)", "complete", "lif-0"),
        v("takes before y is taken", "(busy & ~done)", "(busy & ~y_valid_o)", "lif-2"),
    ),
)
