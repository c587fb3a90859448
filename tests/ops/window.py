"""What window's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Window
from tests.ops.material import Material, c, case, v


def random(rng, x):
    kernel, dilation, stride = (int(n) for n in (rng.integers(1, 6), rng.integers(1, 4), rng.integers(1, 4)))
    return Window(kernel, dilation if rng.random() < 0.4 else 1, stride if rng.random() < 0.4 else 1)


MATERIAL = Material(
    random=random,
    cases=(
        case("window-i32", Window(3, dilation=2), Stream((2,), Int(20))),
        case("window-lines", Window(2, dilation=3, stride=2), Stream((3, 2), Int(7))),
        case("window-line", Window(9, stride=4), Stream((1,), Int(1, False))),
        case("window-wide", Window(3, dilation=2), Stream((2,), Int(48)), only="verilog"),
    ),
    c_mutants=(
        c(
            "newest first",
            "memcpy(y, ring + oldest * frame, tail);\n    memcpy(y + tail, ring, oldest * frame);",
            "memcpy(y, ring, oldest * frame);\n    memcpy(y + oldest * frame, ring + oldest * frame, tail);",
        ),
        c("a slot too many", "(p->kernel - 1) * p->dilation + 1;", "(p->kernel - 1) * p->dilation + 2;"),
        c("reads beyond the ring's end", "slot -= slot < slots ? 0 : slots;", "slot -= slot <= slots ? 0 : slots;"),
        c("ignores dilation", "slot += p->dilation;", "slot += 1;"),
        c("a frame late", "s->phase < p->stride", "s->phase <= p->stride"),
        c("first stride only", "s->phase = 0;", "s->phase = 1;"),
        c("rows and taps swapped", "y + (r * p->kernel + k) * p", "y + (k * p->rows + r) * p"),
    ),
    v_mutants=(
        v("a frame too early", "OLDEST    = -SPAN;", "OLDEST    = -SPAN + SIZE;", "window-1"),
        v("ignores dilation", "NEXT_TAP  = DILATION * SIZE", "NEXT_TAP  = SIZE", "window-2"),
        v("rows and taps swapped", "!tap_last ? NEXT_TAP", "!line_last ? NEXT_TAP", "window-5"),
        v("stride one longer", ".N(STRIDE)", ".N(STRIDE + 1)", "window-3"),
        v("skipped frames do not age", "else if (taken & !due) read_at <= read_at + 1'b1;", "", "window-3"),
        v("ring survives a reset", "(state == CLEAR) ? {BITS{1'b0}} : x_data_i", "x_data_i", "window-1"),
        v("clears too little", "CLEAR: if (&write_at)", "CLEAR: if (write_at[0])", "window-2"),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "window-1"),
        v("takes while it sends", "x_ready_o = (state == TAKE)", "x_ready_o = (state != CLEAR)", "window-1"),
    ),
)
