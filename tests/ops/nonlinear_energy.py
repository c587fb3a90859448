"""What nonlinear_energy's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import NonlinearEnergy
from tests.ops.material import Material, c, case, v


def random(rng, x):
    return NonlinearEnergy()


MATERIAL = Material(
    random=random,
    cases=(case("nonlinear_energy-u8", NonlinearEnergy(), Stream((3,), Int(8, False))),),
    c_mutants=(
        c("adds", "b * b - a * c", "b * b + a * c"),
        c("square of the newest", "b * b", "c * c"),
        c("without delay", "= oldest + frame;", "= oldest;"),
        c("ages only once", "memcpy(oldest, centre, frame);", ""),
        c("half the frame ages", "memcpy(centre, x, frame);", "memcpy(centre, x, frame / 2);"),
    ),
    v_mutants=(
        v("adds", "newest ? ~tap_s : tap_s", "tap_s", "nonlinear_energy-0"),
        v("negates without the one", ".start_i(start)", ".start_i({Y_BITS{1'b0}})", "nonlinear_energy-0"),
        v("the oldest for the centre", "newest ? a : tap_s", "a", "nonlinear_energy-1"),
        v(
            "a sign where there is none",
            ".X_SIGNED(X_SIGNED), .Y_BITS(S)",
            ".X_SIGNED(1), .Y_BITS(S)",
            "nonlinear_energy-2",
        ),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "nonlinear_energy-0"),
    ),
)
