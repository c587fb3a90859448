"""Mutants of what sleeps: a kernel or the emitted calls with one piece replaced, which a poisoned build must notice.

`python -m tests.targets.mutants_gate` prints what kills each.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from edgesort.graph import Graph
from edgesort.passes.reach import gate_of
from edgesort.targets import c
from edgesort.targets.c.run import run_host
from edgesort.targets.target import BuildError
from tests.passes import gated
from tests.targets import gates
from tests.targets.cases import stepped
from tests.targets.mutant import Mutant, show

FRAMES = 400

MUTANTS = tuple(
    Mutant("gate", what, old, new, source)
    for source, pieces in {
        "es_gate.c": (
            ("looks up alone", "value > level || value < -level", "value > level"),
            ("at the level too", "value > level", "value >= level"),
            ("one level for all", "k = k + 1 < p->levels ? k + 1 : 0;", ""),
            ("the first channel alone", "i < p->elements; i++", "i < 1; i++"),
            ("closes a frame early", "return frames;", "return frames - 1;"),
            ("never closes", "left > 0 ? left - 1 : 0", "left"),
            ("sleeps before it closes", "comes, p->ahead + p->frames)", "comes, p->frames)"),
            ("opens at once", "gate_hold(s->opens, *slot,", "gate_hold(s->opens, comes,"),
            ("known a frame late", "s->at + 1 < p->ahead ?", "s->at < p->ahead ?"),
            ("stays awake", "s->awake = 0;", "s->awake = p->ahead;"),
            ("wakes the last layers late", "s->awake <= p->ahead", "s->awake < p->ahead"),
            ("a stride too many", "s->phase + 1 < p->stride ?", "s->phase < p->stride ?"),
            ("a score in every frame", "if (s->phase != 0) {", "if (s->phase > p->stride) {"),
        ),
        "es_pass.c": (
            ("lets all through", "*(const uint8_t *)gate != 0", "p->bytes > 0"),
            ("lets a byte through", "memcpy(y, x, p->bytes)", "memcpy(y, x, 1)"),
            ("clears a byte", "memset(y, 0, p->bytes)", "memset(y, 0, 1)"),
        ),
        "es_window.c": (
            ("takes nothing asleep", "    memcpy(ring + s->at", "    if (y != NULL) memcpy(ring + s->at"),
            ("stands still asleep", "s->at = s->at + 1 < slots ?", "s->at = y == NULL ? s->at : s->at + 1 < slots ?"),
        ),
        "es_max_pool.c": (
            ("stands still asleep", "s->at = s->at + 1 <", "s->at = y == NULL ? s->at : s->at + 1 <"),
        ),
        "model.c": (
            ("the first layer wakes late", "if (awake > 0)", "if (awake > 1)"),
            ("a window wakes late", "awake > 0 ? v->", "awake > 1 ? v->"),
            ("the last layer wakes late", "if (awake > 2)", "if (awake > 3)"),
        ),
    }.items()
    for what, old, new in pieces
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A poisoned program of which every source is compiled."""

    graph: Graph
    folder: Path
    frames: np.ndarray
    expected: dict[str, np.ndarray]


def killer(mutant: Mutant, work: Path) -> str | None:
    """The graph in which the mutant is noticed; None if it survives."""
    for case in _prepared(work):
        source = case.folder / mutant.source
        if not source.is_file() or mutant.old not in source.read_text():
            continue
        broken = Path(tempfile.mkdtemp(dir=work)) / mutant.source
        broken.write_text(mutant.apply(source.read_text()))
        others = [file for file in case.folder.glob("*.o") if file.stem != source.stem]
        _gcc("-I", case.folder, broken, *others, "-o", case.folder / "model")
        if said := wrong(case):
            return f"{case.graph.name}: {said}"
    return None


def wrong(case: Prepared) -> str | None:
    """What differs between the program in the case's folder and the reference."""
    try:
        pieces = list(run_host(case.graph, case.folder, case.frames))
    except BuildError as error:
        return str(error)
    above = case.expected[gate_of(case.graph).above]
    names = c.HOST.executors(case.graph, case.folder)[0].shows
    found = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    return gates.same(case.expected, found, names) or gates.sleepless(case.graph, above, found)


@cache
def _prepared(work: Path) -> tuple[Prepared, ...]:
    """The sorter, a U-Net and the graph with strides; as they are, they are equal."""
    cases = [case for case in gated.examples() if case.plain.name in ("sorter", "unet", "strided", "lines")]
    made = tuple(_prepare(k, case.graph, work / f"case{k}") for k, case in enumerate(cases))
    for case in made:
        _gcc(*case.folder.glob("*.o"), "-o", case.folder / "model")
        assert wrong(case) is None
    return made


def _prepare(seed: int, graph: Graph, folder: Path) -> Prepared:
    folder.mkdir()
    c.HOST.emit(graph, folder)
    gates.poison(graph, folder)
    for source in folder.glob("*.c"):
        _gcc("-c", source, "-o", source.with_suffix(".o"))
    frames = gated.frames_of(graph, seed, FRAMES)
    return Prepared(graph, folder, frames, stepped(graph, frames))


def _gcc(*arguments: str | Path) -> None:
    subprocess.run(["gcc", "-std=c99", "-O1", *arguments], check=True, capture_output=True)


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    with tempfile.TemporaryDirectory() as work:
        for mutant in MUTANTS:
            yield mutant, killer(mutant, Path(work))


if __name__ == "__main__":
    show(results())
