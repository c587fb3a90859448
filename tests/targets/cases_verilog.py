"""What Verilog's parity matrix runs, and how: many small designs side by side in a bench, which is slow to build."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.share import share
from edgesort.targets.verilog_emit import copy_cells, emit_model
from edgesort.targets.verilog_sim import Design, Run, SimulationError, build_bench, read_values, run_bench
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import CASES, case_graph, difference, stepped
from tests.targets.cases_c import dense

FREE = 1 << 30  # a budget that never asks for a second multiplier


@dataclass(frozen=True)
class Case:
    """One design. budget: cycles a frame, which sets the multipliers of a Dense. suffix: of the cells that it uses."""

    name: str
    graph: Graph
    budget: int = FREE
    suffix: str = ""


def case(name: str, op, stream: Stream, budget: int = FREE) -> Case:
    return Case(name, case_graph(op, (stream,)), budget)


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


# Types and paths of the cells that the ops' own cases do not reach.
OWN = [
    case("requant-wide", Requant((40, 31, 47), Int(20)), Stream((3,), Int(48))),
    case("requant-widen", Requant((0,), Int(48)), Stream((2,), Int(32, False))),
    case("requant-bit", Requant((0,), Int(1)), Stream((2,), Int(3))),
    case("dense-parallel", dense(16, 8, 127), Stream((8,), Int(8)), budget=60),
    case("dense-parallel-groups", dense(12, 3, 31, groups=3), Stream((2, 9), Int(8, False)), budget=80),
    case("dense-all-parallel", dense(3, 5, 7), Stream((5,), Int(6, False)), budget=20),
    case("dense-w16", dense(5, 3, 30000), Stream((3,), Int(8))),
    case("dense-x24", dense(5, 3, 7), Stream((3,), Int(24))),
    case("dense-unsigned", Dense(np.ones((5, 2), np.int64), np.zeros(5, np.int64)), Stream((2,), Int(30, False))),
    case("window-wide", Window(3, dilation=2), Stream((2,), Int(48))),
    case("window-lines", Window(2, dilation=3, stride=2), Stream((3, 2), Int(7))),
    case("window-line", Window(9, stride=4), Stream((1,), Int(1, False))),
    case("peak-wide", Peak((0, 9), reach=1, refractory=1), Stream((2,), Int(18))),
    case("peak-far", Peak((3000,), reach=17, refractory=40), Stream((1,), Int(13, False))),
    case("biquad-three", Biquad(((8000, 4000, 0, -100, 5000),) * 3, bits=11, guard=2), Stream((3,), Int(8))),
    case("biquad-full", Biquad(((32767,) * 3 + (-32767,) * 2,), bits=16, fraction=15, guard=0), Stream((1,), Int(16))),
    Case("forked", forked()),
    Case("sorter", sorter(seed=1, filters=4, kernel=8)),
    Case("sorter-channels", sorter(seed=2, filters=4, kernel=8, channels=3), budget=400),
]
V_CASES = [*(Case(name, case_graph(op, streams)) for name, op, streams in CASES), *OWN]


def build_cases(work: Path, cases: Sequence[Case], libraries: Sequence[Path] = ()) -> list[Design]:
    """One bench with every case in it; libraries: further cells, of other suffixes."""
    designs, models = [], []
    copy_cells(work)
    for k, one in enumerate(cases):
        module = f"case{k}_{re.sub('[^0-9a-z]', '_', one.name)}"
        emit_model(one.graph, work, one.budget, module)
        model = work / f"{module}.v"
        model.write_text(rename_cells(model.read_text(), one.suffix))
        designs.append(Design(module, one.graph))
        models.append(model)
    build_bench(work, designs, [*models, *sorted(work.glob("es_*.v")), *libraries], optimise=0)
    return designs


def rename_cells(text: str, suffix: str) -> str:
    return re.sub(r"\b(es_\w+)", rf"\g<1>{suffix}", text)


def failing(work: Path, cases: Sequence[Case], designs: Sequence[Design], frames: int, run: Run) -> dict[str, str]:
    """The cases whose RTL does not equal `step`, each with the first difference."""
    data = [corners.frames(one.graph.input[1], frames, seed=k + run.seed) for k, one in enumerate(cases)]
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
