"""C for this computer and for a Cortex-M4 in QEMU.

A build holds model.h and model.c (the graph), the kernels that it calls (firmware/kernels) and the harness of
its machine (firmware/ports/<machine>), and a Makefile that makes it again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.c import qemu
from edgesort.targets.c.build import Part, make, refresh, sections, symbol_bytes, tool
from edgesort.targets.c.emit import emit_model
from edgesort.targets.c.run import run_host
from edgesort.targets.c.wires import wire
from edgesort.targets.target import BuildError, Target

MOST_UNITS = 1 << 16  # an event's unit has 16 bits


@dataclass(frozen=True)
class CTarget(Target):
    """What both C targets share. port: the machine's folder in firmware/ports."""

    port: str

    def unsupported(self, graph: Graph) -> list[str]:
        lines = [_wide(name, graph) for name in graph.streams if graph.streams[name].dtype.bits > 32]
        names = (graph.name, *graph.streams, *graph.labels)
        lines += [f"expected printable names, found {name!r}" for name in names if not name.isprintable()]
        for node in graph.nodes:
            if not share("firmware", "kernels", f"es_{node.op.kind}.c").is_file():
                lines.append(f"node {node.name}: expected an op with a C kernel, found {node.op.kind}")
                continue
            try:
                wire(node.op, *graph.ins(node), graph.streams[node.name])
            except BuildError as error:
                lines.append(f"node {node.name}: {error}")
        for name in graph.outputs:
            stream = graph.streams[name]
            if stream.size > MOST_UNITS or not (stream.dtype.signed or stream.dtype.bits < 32):
                lines.append(f"node {name}: expected an output of 65536 elements and 31 bits at most, found {stream}")
        return lines

    def emit(self, graph: Graph, out: Path) -> None:
        if lines := self.unsupported(graph):
            raise BuildError("; ".join(lines))
        emit_model(graph, out)
        port = share("firmware", "ports", self.port)
        for source in (*port.iterdir(), *port.parent.glob("trace.[hc]")):
            shutil.copyfile(source, out / source.name)


@dataclass(frozen=True)
class Host(CTarget):
    """C99 with this computer's gcc: an executable that reads frames and writes values, and a library."""

    def build(self, graph: Graph, out: Path, sanitize: bool = False) -> dict[str, Any]:
        """code_bytes: instructions and constants of the library; state_bytes: one instance."""
        tool("gcc", "build for this computer", "gcc")
        make(out, *(["SANITIZE=1"] if sanitize else []))
        sizes = sections(out / "libmodel.a")
        code = sum(size for name, size in sizes.items() if name.startswith((".text", ".rodata", ".data")))
        return {"code_bytes": code, "state_bytes": symbol_bytes(out / "model", "state")}

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return (Executor("c-host", 60, partial(_run_host, graph, out), _nodes(graph)),)


@dataclass(frozen=True)
class Mps2An386(CTarget):
    """Firmware for a Cortex-M4, which QEMU runs."""

    part: Part

    def limits(self) -> dict[str, Any]:
        return {"flash_bytes": self.part.flash, "ram_bytes": self.part.ram, "clock_mhz": self.part.clock / 1e6}

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """flash_bytes: instructions, constants and initial data, the harness's of about 2 KB included.
        ram_bytes: data, one instance, and the 2 KB reserved for the stack; not the harness's blocks of trace.
        BuildError if the part has less."""
        tool("arm-none-eabi-gcc", f"build for {self.name}", "gcc-arm-none-eabi libnewlib-arm-none-eabi")
        make(out, *self._memory(), part=self.part)
        elf, prefix = out / "model.elf", "arm-none-eabi-"
        sizes = sections(elf, prefix)
        return {
            "flash_bytes": sizes[".text"] + sizes[".data"],
            "ram_bytes": sizes[".stack"] + sizes[".data"] + sizes[".bss"],
            "stack_bytes": sizes[".stack"],
            "state_bytes": symbol_bytes(elf, "state", prefix),
        }

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return (Executor(f"qemu-{self.name}", 5, partial(self._run, graph, out), _nodes(graph)),)

    def _run(self, graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
        refresh(out, "model.elf", *self._memory(), part=self.part)
        yield from qemu.run_qemu(graph, out, frames)

    def _memory(self) -> tuple[str, str]:
        return f"FLASH_SIZE={self.part.flash}", f"RAM_SIZE={self.part.ram}"

    def measure(self, graph: Graph, out: Path, frames: Array) -> dict[str, Any]:
        """What a sample takes on these frames; see qemu.instructions."""
        return qemu.instructions(graph, out, frames, self.part)


def _wide(name: str, graph: Graph) -> str:
    return f"node {name}: expected a stream of 32 bits at most, found {graph.streams[name]}"


def _run_host(graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
    refresh(out, "model")
    yield from run_host(graph, out, frames)


def _nodes(graph: Graph) -> tuple[str, ...]:
    return tuple(node.name for node in graph.nodes)


HOST = Host("host", "C99 for this computer", "host")
MPS2_AN386 = Mps2An386(
    "mps2-an386",
    "Cortex-M4 at 25 MHz on Arm's MPS2 board, run by QEMU",
    "mps2-an386",
    Part("Cortex-M4, MPS2 AN386", flash=4 << 20, ram=4 << 20, clock=25e6),
)


def values_of(graph: Graph, executor: Executor, frames: Array) -> Values:
    """Every node's values {node: [T // period, *shape]} that an executor shows for these frames."""
    pieces = list(executor.run(frames))
    return {
        node: np.concatenate([np.zeros((0, *graph.streams[node].shape), np.int64), *(p[node] for p in pieces)])
        for node in graph.streams
    }


def host_values(graph: Graph, frames: Array, workdir: Path, sanitize: bool = True) -> Values:
    """Emit and build `graph` for this computer in the existing folder `workdir`, and run it on these frames.

    sanitize: stop at undefined behaviour and at memory errors.
    """
    HOST.emit(graph, workdir)
    HOST.build(graph, workdir, sanitize)
    (executor,) = HOST.executors(graph, workdir)
    return values_of(graph, executor, frames)
