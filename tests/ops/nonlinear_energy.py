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
    v_mutants=(),
)
