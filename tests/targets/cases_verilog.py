"""What Verilog's parity matrix runs, and how: many small designs side by side in a bench, which is slow to build."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Requant, Window
from edgesort.passes import channels
from edgesort.share import share
from edgesort.targets.verilog.cells.memories import MEMORIES
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.fold import UNKNOWN, Fabric, fold
from edgesort.targets.verilog.memory import Stock
from edgesort.targets.verilog.sim import Design, Run, SimulationError, build_bench, read_values, run_bench
from tests import corners
from tests.graphs import sorter
from tests.ops import CASES
from tests.ops.dense import dense
from tests.ops.material import FREE
from tests.targets.cases import case_graph, difference, stepped

LARGE = Stock(blocks=0, large=1 << 20)


@dataclass(frozen=True)
class Case:
    """One design. budget: cycles a frame, which sets the multipliers of a Dense. stock: of RAMs, for emit_model.
    suffix: of the cells `renamed`."""

    name: str
    graph: Graph
    budget: int = FREE
    stock: Stock | None = None
    fabric: Fabric = UNKNOWN
    suffix: str = ""
    renamed: frozenset[str] = frozenset()


def forked() -> Graph:
    """Streams with two and three consumers, one that nobody takes, several outputs, and names that Verilog keeps."""
    nodes = (
        Node("reg", Window(2), ("in put",)),
        Node("unused", Requant((1,), Int(4)), ("in put",)),
        Node("a.b", Requant((2,), Int(5)), ("reg",)),
        Node("a_b", dense(3, 4, 7), ("reg",)),
        Node("a_b_valid", Requant((0,), Int(6, False)), ("reg",)),
    )
    source = ("in put", Stream((2,), Int(8)))
    return Graph("forked", 1000.0, source, nodes, ("a.b", "a_b", "a_b_valid", "reg")).check()


def largest() -> list[Case]:
    """Of each op the case with the most state, its memories in RAMs with one port where that is possible."""
    alone = [one for one in CASES if one.only != "c"]
    kinds = dict.fromkeys(one.op.kind for one in alone)
    most = [max((one for one in alone if one.op.kind == kind), key=lambda one: one.streams[0].size) for kind in kinds]
    return [
        Case(f"{one.op.kind}-large", case_graph(one.op, one.streams), one.budget, LARGE, Fabric((one.engine or "mac",)))
        for one in most
        if type(one.op) in MEMORIES
    ]


V_CASES = [
    *(
        Case(one.name, case_graph(one.op, one.streams), one.budget, fabric=Fabric((one.engine or "mac",)))
        for one in CASES
        if one.only != "c"
    ),
    *largest(),
    Case("forked", forked()),
    Case("sorter", sorter(seed=1, filters=4, kernel=8)),
    Case("sorter-shared", sorter(seed=5, filters=4, kernel=8), fabric=Fabric(("shared",))),
    Case("sorter-channels", sorter(seed=2, filters=4, kernel=8, channels=3), budget=400),
    Case("sorter-each", channels(sorter(seed=4, units=2, filters=4, kernel=8), 3), budget=1200),
]


def cycles(one: Case) -> int:
    """Of a frame, in the slowest cell."""
    return max(cell.cycles for cell in fold(one.graph, one.budget, one.fabric).values())


def alike(parts: int) -> list[list[Case]]:
    """All cases in so many parts of as many cycles a frame as can be: a bench runs until its slowest design is done.

    A part's cases are as many as its designs are fast: each has twice those of the one before.
    """
    ordered = sorted(V_CASES, key=cycles, reverse=True)
    bounds = [len(ordered) * (2**k - 1) // (2**parts - 1) for k in range(parts + 1)]
    return [ordered[start:end] for start, end in pairwise(bounds)]


def build_cases(
    work: Path, cases: Sequence[Case], libraries: Sequence[Path] = (), arguments: Sequence[str] = ()
) -> list[Design]:
    """One bench with every case in it; libraries: further cells, of other suffixes. arguments: for Verilator."""
    designs, models = [], []
    for k, one in enumerate(cases):
        module = f"case{k}_{re.sub('[^0-9a-z]', '_', one.name)}"
        emit_model(one.graph, work, one.budget, module, one.stock, one.fabric)
        model = work / f"{module}.v"
        model.write_text(rename_cells(model.read_text(), one.suffix, one.renamed))
        designs.append(Design(module, one.graph))
        models.append(model)
    copy_cells(work)
    build_bench(work, designs, [*models, *sorted(work.glob("es_*.v")), *libraries], 0, arguments)
    return designs


def rename_cells(text: str, suffix: str, names: frozenset[str]) -> str:
    return re.sub(r"\bes_\w+", lambda found: found[0] + suffix if found[0] in names else found[0], text)


def failing(work: Path, cases: Sequence[Case], designs: Sequence[Design], frames: int, run: Run) -> dict[str, str]:
    """The cases whose RTL does not equal `step`, each with the first difference."""
    # The data depend on the graph alone, so that a mutant's fate does not depend on its place in the bench.
    seeds = [crc32(one.graph.text().encode()) + run.seed for one in cases]
    data = [corners.frames(one.graph.input[1], frames, seed) for one, seed in zip(cases, seeds, strict=True)]
    run_bench(work, designs, data, run)
    said = {}
    for one, design, sent in zip(cases, designs, data, strict=True):
        try:
            wrong = difference(stepped(one.graph, sent), read_values(work, design, frames, run))
        except SimulationError as error:
            wrong = str(error)
        if wrong:
            said[one.name] = wrong
    return said


def cell_files() -> list[Path]:
    return sorted(share("hw", "cells").glob("*.v"))
