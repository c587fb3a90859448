"""What upsample's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Upsample
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return Upsample(int(rng.choice([f for f in (2, 3, 4) if x.period % f == 0])))


TAKE = "    if (x != NULL) {\n        memcpy(state, x, p->frame_bytes);\n    }\n"
GIVE = "    memcpy(y, state, p->frame_bytes);\n"
MATERIAL = Material(
    random=random,
    cases=(case("upsample-wide", Upsample(2), Stream((3,), Int(48), period=2), only="verilog"),),
    c_mutants=(
        c("a frame late", f"{TAKE}{GIVE}", f"{GIVE}{TAKE}"),
        c("zeros between", GIVE, f"    memset(y, 0, p->frame_bytes);\n    if (x != NULL)\n    {GIVE}"),
        c("half is not held", "memcpy(state, x, p->frame_bytes);", "memcpy(state, x, p->frame_bytes / 2);"),
    ),
    v_mutants=(
        v("a copy more", "COPIES = FACTOR", "COPIES = FACTOR + 1", "upsample-0"),
        v("a frame of zeros more", "ZEROS = FACTOR - 1", "ZEROS = FACTOR", "upsample-1"),
        v("no zeros at first", "zero ? {BITS{1'b0}} : held", "held", "upsample-3"),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "upsample-0"),
    ),
)
