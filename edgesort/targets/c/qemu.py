"""Run a build in QEMU: on the frames that the harness (firmware/ports/semihosting) finds in a file."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.targets.c.build import tool
from edgesort.targets.c.run import head, read_trace, samples
from edgesort.targets.target import BuildError, Simulation


@dataclass(frozen=True)
class Emulator:
    """The QEMU that has a machine, the Debian package that has that, and the arguments that choose the machine."""

    program: str
    package: str
    machine: tuple[str, ...]

    def command(self, elf: str | Path, mode: str, serial: str = "stdio", monitor: str = "none") -> list[str]:
        """mode: of firmware/ports/semihosting/main.c; a board's has none. serial, monitor: what is at the other end of
        the UART, and of QEMU's own monitor."""
        config = f"enable=on,target=native,arg={mode}"
        still = ["-display", "none", "-monitor", monitor, "-serial", serial]
        return [self.program, *self.machine, *still, "-semihosting-config", config, "-kernel", str(elf)]


@dataclass(frozen=True)
class Program:
    """A build as firmware that QEMU can run. features: those that its graph was emitted with."""

    emulator: Emulator
    graph: Graph
    out: Path
    features: tuple[str, ...] = ()


def run(program: Program, frames: Array, timeout: float | None = None) -> Iterator[Values]:
    """Every held node's values on these frames. timeout: seconds, by default a minute and 2 ms a frame."""
    with firmware(program, frames, "trace", timeout=timeout) as work, (work / "trace.bin").open("rb") as trace:
        yield from read_trace(program.graph, trace, program.features)


def simulation(name: str, program: Program) -> Simulation:
    """The build on the machine `name`, with its UART on a port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    emulator, elf = program.emulator, (program.out / "model.elf").resolve()
    tool(emulator.program, f"run {' '.join(emulator.machine)}", emulator.package)
    command = emulator.command(elf, "link", f"tcp:127.0.0.1:{port},server=on,wait=off,nodelay=on", "stdio")
    return Simulation("qemu", name, tuple(command), port, b"system_reset\n")


@contextmanager
def firmware(
    program: Program, frames: Array, mode: str, more: Sequence[str] = (), timeout: float | None = None
) -> Iterator[Path]:
    """The folder in which the firmware has run on these frames to its end, with trace.bin or count.bin by its mode.

    more: arguments for QEMU.
    """
    graph, emulator = program.graph, program.emulator
    tool(emulator.program, f"run {' '.join(emulator.machine)}", emulator.package)
    limit = 60 + 2e-3 * len(frames) if timeout is None else timeout
    command = [*emulator.command((program.out / "model.elf").resolve(), mode), *more]
    with TemporaryDirectory() as work:
        samples(graph, frames).tofile(Path(work, "frames.bin"))
        try:
            done = subprocess.run(
                command, cwd=work, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            raise BuildError(f"qemu {mode}: expected {len(frames)} frames within {limit:g} s, killed it") from None
        expected = head(graph, program.features)
        if done.returncode or not done.stdout.startswith(expected):
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise BuildError(f"qemu {mode}: expected {expected!r} and exit code 0, found {done.returncode}: {said}")
        yield Path(work)
