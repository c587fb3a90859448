"""A microcontroller as a target: its core, its memories, and how its firmware is built, run, counted and written."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.c import duty, qemu, realtime, stack
from edgesort.targets.c.build import Part, drop_objects, make, refresh, tool
from edgesort.targets.c.count import count
from edgesort.targets.c.flash import pyocd
from edgesort.targets.c.qemu import Emulator, Program
from edgesort.targets.c.size import sizes_of
from edgesort.targets.c.target import CTarget
from edgesort.targets.target import DEFAULTS, BuildError, Options, Simulation, Target

STACK = 2048  # bytes reserved for the stack unless make or CMake is told otherwise


@dataclass(frozen=True)
class Core:
    """A core without its memories: how to compile for it, and the features that choose its kernels.

    prefix: of the compiler's tools. packages: Debian's, which have the compiler and its C library.
    """

    cpu: str
    prefix: str
    packages: str
    flags: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class Machine(CTarget):
    """Firmware for one microcontroller.

    emulator: None for a board. counter: of a board, the machine of the same core that runs its model here. pyocd: of a
    board, the name that pyocd has for its part.
    """

    core: Core
    part: Part
    emulator: Emulator | None = None
    counter: Machine | None = None
    pyocd: str | None = None
    apart = True

    def limits(self) -> dict[str, Any]:
        return {"flash_bytes": self.part.flash, "ram_bytes": self.part.ram, "clock_mhz": self.part.clock / 1e6}

    def emit(self, graph: Graph, out: Path) -> None:
        super().emit(graph, out)
        (out / "port.mk").write_text(self._port())

    def _port(self) -> str:
        """What is the machine's own in the Makefile and CMakeLists.txt: a line `NAME = value` each."""
        lines = [
            f"# {self.name}: {self.description}",
            f"CROSS = {self.core.prefix}",
            f"CPU = {self.core.flags}",
            f"FLASH_SIZE = {self.part.flash}",
            f"RAM_SIZE = {self.part.ram}",
            f"STACK_SIZE = {STACK}",
            *([f"# {' '.join(self.emulator.command('model.elf', 'trace'))}"] if self.emulator else []),
        ]
        return "\n".join(lines) + "\n"

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """What size.sizes_of and stack.depths say of the firmware. BuildError if the part has less."""
        tool(f"{self.core.prefix}gcc", f"build for {self.name}", self.core.packages)
        make(out, part=self.part, keep=True)
        costs = sizes_of(out, self.core.prefix) | stack.depths(out, self.core.prefix)
        drop_objects(out)
        return costs

    def accept(self, options: Options) -> Target:
        most = math.inf if self.emulator else self.part.clock  # a board's firmware sets its clock
        clock = self.part.clock if options.clock is None else options.clock
        if not 0 < clock <= most:
            raise BuildError(f"{self.name}: expected a clock above 0 and of at most {most:g} Hz, found {clock:g}")
        return super().accept(replace(options, clock=None))

    def measure(self, graph: Graph, out: Path, frames: Array, options: Options = DEFAULTS) -> dict[str, Any]:
        """What realtime.costs says of these frames. stack_used_bytes: the deepest stack of the run. counted_on: of a
        board, the machine of the same core that ran instead. gate_duty: see duty.duty; the worst sample is one of
        an open gate. BuildError if the part cannot keep up."""
        part = self.part if options.clock is None else replace(self.part, clock=options.clock)
        with self._running(graph, out) as program:
            counts, used = count(program, self.core.prefix, self.core.cpu, frames)
            if (loud := duty.waking(graph, frames)) is not None:
                awake, deepest = count(program, self.core.prefix, self.core.cpu, loud)
                counts, used = duty.worst(counts, awake), max(used, deepest)
        found = duty.duty(graph, frames) | realtime.costs(counts, graph, part)
        if not options.allow_overrun:
            realtime.judge(graph.name, part, graph.sampling_frequency, found)
        return found | ({"stack_used_bytes": used} if self.counter is None else {"counted_on": self.counter.name})

    @contextmanager
    def _running(self, graph: Graph, out: Path) -> Iterator[Program]:
        """What QEMU can run: of a board, the model in its folder, built for its counter."""
        if self.counter is None:
            refresh(out, "model.elf", part=self.part)
            yield self.program(graph, out)
            return
        with TemporaryDirectory() as folder:
            yield self.counter._again(graph, out, Path(folder), "semihosting")

    def _again(self, graph: Graph, out: Path, folder: Path, port: str) -> Program:
        """The model in `out`, built in `folder` for this machine; port: of firmware/ports, with the program."""
        self.emit(graph, folder)
        for source in (*out.glob("model.[ch]"), *out.glob("es_*.[ch]")):
            shutil.copyfile(source, folder / source.name)
        for end in ("semihosting.c", "halt.c"):
            (folder / end).unlink(missing_ok=True)
        for source in share("firmware", "ports", port).glob("*.c"):
            shutil.copyfile(source, folder / source.name)
        make(folder, part=self.part)
        return self.program(graph, folder)

    def program(self, graph: Graph, out: Path) -> Program:
        """The build in `out` for QEMU; BuildError if that does not have this machine."""
        if self.emulator is None:
            raise BuildError(f"{self.name}: expected a machine that QEMU has, found a board")
        return Program(self.emulator, graph, out, self.features)

    def simulation(self, graph: Graph, out: Path, work: Path) -> Simulation:
        """The model with a board's main.c; of a board, on the machine of its core."""
        machine = self if self.counter is None else self.counter
        return qemu.simulation(machine.name, machine._again(graph, out, work, "stream"))

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        name = f"qemu-{self.name if self.counter is None else self.counter.name}"
        return (Executor(name, 5, partial(self._run, graph, out), self._shown(graph)),)

    def _run(self, graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
        with self._running(graph, out) as program:
            yield from qemu.run(program, frames)

    def flash(self, out: Path) -> list[str]:
        return super().flash(out) if self.pyocd is None else pyocd(self.pyocd, out)
