"""C99 to drop into any firmware: model.h and model.c with the kernels in it, a README, and Zephyr's description."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jinja2

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.c.build import sections, symbol_bytes
from edgesort.targets.c.emit import emit_model
from edgesort.targets.c.join import join
from edgesort.targets.c.run import run_host
from edgesort.targets.c.steps import shown
from edgesort.targets.c.target import HOST
from edgesort.targets.c.wires import ctype
from edgesort.targets.target import BuildError, Target

FEATURES = ("swar",)  # C99, too: several sums in one multiplication of 32 bits
ZEPHYR = ("zephyr/module.yml", "zephyr/CMakeLists.txt", "zephyr/Kconfig")
PROBE = '#include "model.h"\nmodel_state model_probe;\n'


@dataclass(frozen=True)
class Compiler:
    """A compiler with which sizes are measured where it is installed. prefix: of its tools' names."""

    prefix: str
    machine: str
    flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.prefix}gcc"


COMPILERS = (
    Compiler("", "this computer", ("-fno-pie",)),
    Compiler("arm-none-eabi-", "Cortex-M4", ("-mcpu=cortex-m4", "-mthumb")),
    Compiler("riscv64-unknown-elf-", "RV32IMC", ("-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs")),
)


@dataclass(frozen=True)
class Size:
    """What a compiler makes of a model with -Os. flash: bytes of code and constants. state: bytes of an instance."""

    compiler: str
    machine: str
    flash: int
    state: int


@dataclass(frozen=True)
class Library(Target):
    """C99 for any machine. Nothing is built but for its size, where a compiler is installed."""

    def unsupported(self, graph: Graph) -> list[str]:
        return HOST.unsupported(graph)

    def emit(self, graph: Graph, out: Path) -> None:
        if lines := self.unsupported(graph):
            raise BuildError("; ".join(lines))
        with TemporaryDirectory() as work:
            emit_model(graph, Path(work), FEATURES)
            header, source = join(Path(work))
        (out / "model.h").write_text(header)
        (out / "model.c").write_text(source)
        (out / "zephyr").mkdir()
        for name in ZEPHYR:
            (out / name).write_text(_render(name, graph))

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """code_bytes, state_bytes: code and constants with gcc -Os on this computer, and one instance. None without
        gcc."""
        found = [compiler for compiler in COMPILERS if shutil.which(compiler.name)]
        sizes = {compiler.name: measure(compiler, out) for compiler in found}
        (out / "README.md").write_text(_render("README.md", graph, tuple(sizes.values())))
        here = sizes.get("gcc")
        return {} if here is None else {"code_bytes": here.flash, "state_bytes": here.state}

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return (Executor("c99", 60, partial(_run, graph, out), shown(graph, FEATURES)),)


def measure(compiler: Compiler, out: Path) -> Size:
    """What `compiler` makes of the model in `out`; BuildError with its first words if it cannot compile it."""
    with TemporaryDirectory() as work:
        model, probe = Path(work, "model.o"), Path(work, "probe.o")
        source = Path(work, "probe.c")
        source.write_text(PROBE)
        for file, result in ((out / "model.c", model), (source, probe)):
            paths = ["-I", str(out), "-c", str(file), "-o", str(result)]
            command = [compiler.name, "-std=c99", "-Os", *compiler.flags, *paths]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                said = next(iter(done.stderr.splitlines()), "nothing")
                raise BuildError(f"{compiler.name}: expected it to compile {file.name}, found {said}")
        sizes = sections(model, compiler.prefix)
        flash = sum(n for name, n in sizes.items() if name.startswith((".text", ".rodata", ".srodata", ".data")))
        state = symbol_bytes(probe, "model_probe", compiler.prefix)
    number = subprocess.run([compiler.name, "-dumpfullversion"], capture_output=True, text=True, check=True)
    return Size(f"{compiler.name} {number.stdout.strip()}", compiler.machine, flash, state)


def program(graph: Graph, out: Path, folder: Path, sanitize: bool = False) -> None:
    """Build, in the existing folder `folder`, the host's executable from the model.h and model.c in `out`."""
    HOST.emit(graph, folder)
    for kernel in folder.glob("es_*"):
        kernel.unlink()
    for name in ("model.h", "model.c"):
        shutil.copyfile(out / name, folder / name)
    HOST.build(graph, folder, sanitize)


def _run(graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
    with TemporaryDirectory() as work:
        program(graph, out, Path(work))
        yield from run_host(graph, Path(work), frames, FEATURES)


def _render(name: str, graph: Graph, sizes: tuple[Size, ...] = ()) -> str:
    """A file of firmware/library for this graph."""
    loader = jinja2.FileSystemLoader(share("firmware", "library"))
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    stream = graph.input[1]
    return environment.get_template(f"{name}.jinja").render(
        name=graph.name,
        identifier=re.sub(r"\W", "_", graph.name, flags=re.ASCII),
        version=version("edgesort"),
        graph=graph,
        text=graph.text().splitlines(),
        sample=f"{ctype(stream.dtype)}",
        elements=stream.size,
        input=stream.dtype,
        period=stream.period,
        labels=", ".join(f"{k} = {label}" for k, label in enumerate(graph.labels)),
        sizes=sizes,
    )


LIBRARY = Library("c99", "C99 to drop into any firmware: model.h and model.c")
