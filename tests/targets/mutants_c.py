"""Mutants of the C kernels: each is a kernel with one piece of its text replaced, and parity must notice it.

`python -m tests.targets.mutants_c` prints what kills each.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from edgesort.graph import Graph
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c.run import run_host
from edgesort.targets.target import BuildError
from tests import corners
from tests.ops import MATERIAL
from tests.targets.cases import case_graph, difference, stepped
from tests.targets.cases_c import C_CASES
from tests.targets.mutant import Mutant, show

FRAMES = 200


MUTANTS = tuple(
    Mutant(op.kind, one.what, one.old, one.new, one.file or f"es_{op.kind}.c")
    for op, material in MATERIAL.items()
    for one in material.c_mutants
)


@dataclass(frozen=True)
class Prepared:
    """A case whose program lacks only the kernel: what it is fed and what it must say."""

    name: str
    graph: Graph
    folder: Path
    frames: np.ndarray
    expected: dict[str, np.ndarray]


def killed_by(mutant: Mutant, work: Path) -> str | None:
    """The case that notices the mutant, and how; None if it survives. AssertionError if its text is not in the file."""
    text = share("firmware", "kernels", mutant.source).read_text()
    kernels = Path(tempfile.mkdtemp(dir=work))
    shutil.copytree(share("firmware", "kernels"), kernels, dirs_exist_ok=True)
    (kernels / mutant.source).write_text(mutant.apply(text))
    return failing(mutant.kind, kernels, work)


def failing(kind: str, kernels: Path, work: Path) -> str | None:
    """The first case of an op that fails with the kernel in the folder `kernels`, and how; None if all pass."""
    kernel = kernels / "kernel.o"
    _gcc("-I", kernels, "-c", kernels / f"es_{kind}.c", "-o", kernel)
    for case in _prepared(kind, work):
        _gcc(*case.folder.glob("*.o"), kernel, "-o", case.folder / "model")
        try:
            pieces = list(run_host(case.graph, case.folder, case.frames))
        except BuildError as error:
            return f"{case.name}: {error}"
        found = {name: np.concatenate([p[name] for p in pieces]) for name in case.graph.streams}
        if said := difference(case.expected, found):
            return f"{case.name}: {said}"
    return None


@cache
def _prepared(kind: str, work: Path) -> tuple[Prepared, ...]:
    return tuple(_prepare(*case, work) for case in C_CASES if case[1].kind == kind)


def _prepare(name, op, streams, work: Path) -> Prepared:
    graph, folder = case_graph(op, streams), work / name
    folder.mkdir()
    c.HOST.emit(graph, folder)
    for source in folder.glob("*.c"):
        _gcc("-c", source, "-o", source.with_suffix(".o"))
    (folder / f"es_{op.kind}.o").unlink()
    frames = np.concatenate([corners.frames(graph.input[1], FRAMES, seed) for seed in (1, 2)])
    return Prepared(name, graph, folder, frames, stepped(graph, frames))


def _gcc(*arguments: str | Path) -> None:
    subprocess.run(["gcc", "-std=c99", "-O1", *arguments], check=True, capture_output=True)


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    with tempfile.TemporaryDirectory() as work:
        for mutant in MUTANTS:
            yield mutant, killed_by(mutant, Path(work))


if __name__ == "__main__":
    show(results())
