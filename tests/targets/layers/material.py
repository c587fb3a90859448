"""What the tests know about one kernel of a whole layer, in tests/targets/layers/<kernel>.py."""

from dataclasses import dataclass

from tests.targets.mutant import Mutant

MACHINES = {"dsp": "mps2-an386", "mve": "mps3-an547", "swar": "riscv32-virt"}  # where each feature's kernels are tried


@dataclass(frozen=True)
class LayerKernel:
    """takes: the cases (tests/targets/cases_layers.py) that this kernel must compute, and no others."""

    name: str
    feature: str
    takes: tuple[str, ...]
    mutants: tuple[Mutant, ...]


def kernel(name: str, feature: str, takes: str, *mutants: tuple[str, str, str]) -> LayerKernel:
    """takes: names of cases, between blanks. mutants: what is wrong, the piece of es_<name>.c, and what it becomes."""
    made = tuple(Mutant(name, what, old, new, f"es_{name}.c") for what, old, new in mutants)
    return LayerKernel(name, feature, tuple(takes.split()), made)
