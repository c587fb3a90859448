"""What multiply's kernel and cell must get right."""

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Multiply
from tests.ops.material import Material, c, case, v


def random(rng, x0, x1):
    return Multiply()


MATERIAL = Material(
    arity=2,
    random=random,
    cases=(
        case("multiply-u31", Multiply(), Stream((2,), Int(15, False)), Stream((2,), Int(16, False))),
        case("multiply-gate", Multiply(), Stream((2,), Int(8, False)), Stream((2,), Int(24))),
    ),
    c_mutants=(
        c("squares x0", "es_load(x1, p->x1_type, i)", "es_load(x0, p->x0_type, i)"),
        c("x1 of x0's type", "es_load(x1, p->x1_type, i)", "es_load(x1, p->x0_type, i)"),
        c("first gate for all", "es_load(x0, p->x0_type, i)", "es_load(x0, p->x0_type, 0)"),
        c("x1 of 16 bits", "(uint32_t)es_load(x1", "(uint32_t)(int16_t)es_load(x1"),
    ),
    v_mutants=(
        v("unsigned x0 has a sign", "(X0_SIGNED != 0) ? X0_BITS : X0_BITS + 1", "X0_BITS", "multiply-1"),
        v("unsigned x1 has a sign", "(X1_SIGNED != 0) ? X1_BITS : X1_BITS + 1", "X1_BITS", "multiply-2"),
        v("factors without sign", "wire signed [A-1:0]", "wire [A-1:0]", "multiply-0"),
        v("squares x0", "a * b", "a * a", "multiply-0"),
    ),
)
