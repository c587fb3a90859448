"""Mutants of the kernels of whole layers: one piece of a text replaced, which the kernel's machine must notice.

`python -m tests.targets.mutants_layers` prints what kills each.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from edgesort.graph import Graph
from edgesort.targets import find
from edgesort.targets.c import values_of
from edgesort.targets.target import BuildError
from tests.targets.cases import difference, stepped
from tests.targets.cases_layers import LAYERS, layers_frames, layers_graph
from tests.targets.layers import KERNELS, MACHINES, LayerKernel
from tests.targets.mutant import Mutant, show

FRAMES = 240
ROOM = "STACK_SIZE=16384"  # a graph of hundreds of layers takes more than a network does


@dataclass(frozen=True)
class Prepared:
    """The cases of one kernel, built for its machine in `folder`, what they are fed and what they must say."""

    graph: Graph
    folder: Path
    frames: np.ndarray
    expected: dict[str, np.ndarray]


def killed_by(kernel: LayerKernel, mutant: Mutant, work: Path) -> str | None:
    """How the machine notices the mutant; None if it survives. AssertionError if its text is not in the file."""
    prepared = _prepare(kernel, work)
    source = prepared.folder / mutant.source
    text = source.read_text()
    try:
        source.write_text(mutant.apply(text))
        return said(prepared, kernel.feature)
    finally:
        source.write_text(text)


def said(prepared: Prepared, feature: str) -> str | None:
    """What is wrong with the values of the build, made again; None if nothing is."""
    target = find(MACHINES[feature])
    subprocess.run(["make", "-s", ROOM], cwd=prepared.folder, check=True, capture_output=True)
    (executor,) = target.executors(prepared.graph, prepared.folder)
    try:
        found = values_of(prepared.graph, executor, prepared.frames)
    except BuildError as error:
        return str(error)
    return difference({name: prepared.expected[name] for name in executor.shows}, found)


@cache
def _prepare(kernel: LayerKernel, work: Path) -> Prepared:
    graph = layers_graph(tuple(case for case in LAYERS if case.name in kernel.takes))
    folder, frames = work / kernel.name, layers_frames(FRAMES, seed=3)
    folder.mkdir()
    find(MACHINES[kernel.feature]).emit(graph, folder)
    return Prepared(graph, folder, frames, stepped(graph, frames))


def unbroken(kernel: LayerKernel, work: Path) -> str | None:
    """What the kernel itself gets wrong: nothing."""
    return said(_prepare(kernel, work), kernel.feature)


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    with tempfile.TemporaryDirectory() as work:
        for kernel in KERNELS:
            assert unbroken(kernel, Path(work)) is None
            for mutant in kernel.mutants:
                yield mutant, killed_by(kernel, mutant, Path(work))


if __name__ == "__main__":
    show(results())
