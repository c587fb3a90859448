"""What the targets in C share, and C for this computer.

A build holds model.h and model.c (the graph), the kernels that it calls (firmware/kernels) and what runs them
(folders of firmware/ports) with a link to a host (firmware/link), and a Makefile that makes it again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.c import duty
from edgesort.targets.c.build import make, refresh, sections, symbol_bytes, tool
from edgesort.targets.c.emit import emit_model
from edgesort.targets.c.run import run_host
from edgesort.targets.c.steps import shown
from edgesort.targets.c.wires import wire
from edgesort.targets.target import DEFAULTS, BuildError, Options, Simulation, Target

MOST_UNITS = 1 << 16  # an event's unit has 16 bits
MOST_FRAME = 65531  # bytes: a frame of the link, whose messages have 16 bits of length


@dataclass(frozen=True)
class CTarget(Target):
    """What the C targets share. ports: the folders of firmware/ports whose files a build holds. features: of the
    machine, which choose its kernels (wires.LAYERS). apart: model.c holds the kernels, see emit_model."""

    ports: tuple[str, ...]
    features: tuple[str, ...] = field(default=(), kw_only=True)
    apart: ClassVar[bool] = False

    def unsupported(self, graph: Graph) -> list[str]:
        lines = [_wide(name, graph) for name in graph.streams if graph.streams[name].dtype.bits > 32]
        stream = graph.input[1]
        if stream.size * stream.dtype.container.itemsize > MOST_FRAME:
            lines.append(f"node {graph.input[0]}: expected frames of {MOST_FRAME} bytes at most, found {stream}")
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
        emit_model(graph, out, self.features, self.apart)
        for folder in (share("firmware", "link"), *(share("firmware", "ports", port) for port in self.ports)):
            for source in folder.iterdir():
                shutil.copyfile(source, out / source.name)
        (out / "target.h").write_text(f'#define TARGET_NAME "{self.name}"\n')

    def _shown(self, graph: Graph) -> tuple[str, ...]:
        """The nodes that have their values in memory after every frame."""
        return shown(graph, self.features)


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

    def measure(self, graph: Graph, out: Path, frames: Array, options: Options = DEFAULTS) -> dict[str, Any]:
        """Of a gated graph, what duty.duty says of these frames."""
        return duty.duty(graph, frames)

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return (Executor("c-host", 60, partial(self._run, graph, out), self._shown(graph)),)

    def simulation(self, graph: Graph, out: Path, work: Path) -> Simulation:
        refresh(out, "model")
        return Simulation("host", "", (str((out / "model").resolve()), "link"), None)

    def _run(self, graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
        refresh(out, "model")
        yield from run_host(graph, out, frames, self.features)


def _wide(name: str, graph: Graph) -> str:
    return f"node {name}: expected a stream of 32 bits at most, found {graph.streams[name]}"


HOST = Host("host", "C99 for this computer", ("trace", "host"))


def values_of(graph: Graph, executor: Executor, frames: Array) -> Values:
    """The values {node: [T // period, *shape]} that an executor shows for these frames, the input's too."""
    pieces = list(executor.run(frames))
    return {
        node: np.concatenate([np.zeros((0, *graph.streams[node].shape), np.int64), *(p[node] for p in pieces)])
        for node in (graph.input[0], *executor.shows)
    }


def host_values(graph: Graph, frames: Array, workdir: Path, sanitize: bool = True) -> Values:
    """Emit and build `graph` for this computer in the existing folder `workdir`, and run it on these frames.

    sanitize: stop at undefined behaviour and at memory errors.
    """
    HOST.emit(graph, workdir)
    HOST.build(graph, workdir, sanitize)
    (executor,) = HOST.executors(graph, workdir)
    return values_of(graph, executor, frames)
