"""What delay's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Delay
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return Delay(int(rng.choice([1, 2, 3, 9])))


MATERIAL = Material(
    random=random,
    cases=(case("delay-wide", Delay(2), Stream((2,), Int(48)), only="verilog"),),
    c_mutants=(
        c("no delay", "memcpy(y, slot,", "memcpy(y, x,"),
        c("a frame short", "s->at + 1 < p->frames ?", "s->at + 2 < p->frames ?"),
        c("keeps the first frames", "memcpy(slot, x, p->frame_bytes);", ""),
    ),
    v_mutants=(
        v("an element short", "BACK = ELEMENTS", "BACK = ELEMENTS - 1", "delay-1"),
        v("ring survives a reset", "clear     <= 1'b1;", "clear     <= 1'b0;", "delay-1"),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "delay-1"),
    ),
)
