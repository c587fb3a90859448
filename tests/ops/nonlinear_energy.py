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
    c_mutants=(),
    v_mutants=(),
)
