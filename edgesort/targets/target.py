"""What every target offers: emit sources, build the artefact, and execute it on frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Graph

__all__ = ["DEFAULTS", "BuildError", "Executor", "Options", "Simulation", "Target", "ToolMissing"]


class BuildError(RuntimeError):
    """A graph that this target cannot take: unsupported, too large or too slow. Says by how much."""


class ToolMissing(RuntimeError):
    """A tool that a step needs is not installed. Says which, for what, and how to get it."""


@dataclass(frozen=True)
class Options:
    """What a person may choose about a build for a microcontroller or an FPGA.

    clock: in Hz, at which the part is to run; its own if None. allow_overrun: build also what cannot keep up.
    input: where an FPGA board gets its samples; its own if None. allow_timing_failure: keep what misses the clock, too.
    least: of an FPGA's design, "area" or "energy". trace: an FPGA board's link can send the values of each node.
    """

    clock: float | None = None
    allow_overrun: bool = False
    input: str | None = None
    allow_timing_failure: bool = False
    least: str | None = None
    trace: bool = False


DEFAULTS = Options()


@dataclass(frozen=True)
class Simulation:
    """A device that this computer plays, with the link (docs/link.md) on its UART.

    scheme, name: of its URL. port: of 127.0.0.1, where its line is; 0 if it chooses one and prints "port N"; None if
    the line is its standard input and output. reset: what resets the device, written to its standard input; that of a
    device without a port is a new process.
    """

    scheme: str
    name: str
    command: tuple[str, ...]
    port: int | None
    reset: bytes = b""


@dataclass(frozen=True)
class Target(ABC):
    """A kind of device. Subclasses are frozen; `build` works in the folder that `emit` has filled."""

    name: str
    description: str

    def limits(self) -> dict[str, Any]:
        """Memory, logic and clock of the device by name; empty if it has none of its own."""
        return {}

    def accept(self, options: Options) -> Target:
        """This target as the options want it. BuildError for one that it does not have."""
        if options.clock is not None:
            raise BuildError(
                f"{self.name}: expected no --clock, which microcontrollers and FPGAs have, found {options.clock:g}"
            )
        if options.input is not None:
            raise BuildError(f"{self.name}: expected no --input, which FPGA boards have, found {options.input}")
        if options.least is not None:
            raise BuildError(f"{self.name}: expected no --least, which FPGA boards have, found {options.least}")
        if options.trace:
            raise BuildError(f"{self.name}: expected no --trace, which the link of FPGA boards needs, found it")
        return self

    def suited(self, graph: Graph) -> Target:
        """This target with what it chooses by the graph: an FPGA board's clock, if nobody chose one."""
        return self

    @abstractmethod
    def unsupported(self, graph: Graph) -> list[str]:
        """One line for each node this target cannot take; empty if it takes the graph."""

    @abstractmethod
    def emit(self, graph: Graph, out: Path) -> None:
        """Write all sources into the existing folder `out`."""

    @abstractmethod
    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """Make the artefact in `out`; returns measured costs by name. BuildError if it does not fit."""

    def measure(self, graph: Graph, out: Path, frames: Array, options: Options = DEFAULTS) -> dict[str, Any]:
        """Costs that only a run on recorded frames [T, *input shape] can tell; none unless the target says so.

        BuildError if they are more than the device has, unless the options allow it.
        """
        return {}

    def flash(self, out: Path) -> list[str]:
        """The command that writes the build in `out` to the board. BuildError if the target is none."""
        raise BuildError(f"{self.name}: expected a target that is a board, found one that is no board")

    def simulation(self, graph: Graph, out: Path, work: Path) -> Simulation:
        """How to run the build in `out` as a device with a link; what that takes is built in `work`.

        BuildError if nothing here can.
        """
        raise BuildError(f"{self.name}: expected a target that this computer can run with a link, found one without")

    @abstractmethod
    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        """What can run this build here. Building what only a check needs happens on first run, beside `out`."""
