"""The targets. A new one is a file and its instance here."""

from edgesort.targets.c import BOARDS, EMULATED, HOST, LIBRARY
from edgesort.targets.hls4ml import PROJECTS
from edgesort.targets.target import BuildError, Target
from edgesort.targets.verilog import FPGA_BOARDS, RTL

TARGETS: tuple[Target, ...] = (HOST, LIBRARY, *EMULATED, *BOARDS, RTL, *FPGA_BOARDS, *PROJECTS)


def find(name: str) -> Target:
    """The target of this name; BuildError if there is none."""
    for target in TARGETS:
        if target.name == name:
            return target
    raise BuildError(f"target {name}: expected one of {', '.join(t.name for t in TARGETS)}")
