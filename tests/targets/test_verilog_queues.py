"""RTL of graphs whose streams part and meet: the computed queues carry every frame, and one element less does not."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from edgesort.graph import Graph, GraphError, Node
from edgesort.ops import OPS, Concat, Window
from edgesort.passes import narrow
from edgesort.passes.schedule import queues, stuck
from edgesort.targets.verilog.cells import CELLS
from edgesort.targets.verilog.cells.grains import GRAINS, grains
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.sim import Design, Run, SimulationError, build_bench, read_values, run_bench
from tests import corners
from tests.passes.networks import halves, held, lines, residual, saturating, unet
from tests.targets.cases import case_graph
from tests.targets.cases_verilog import Case, build_cases, failing

RUNS = (Run(seed=1, idle=20_000), Run(stalls=90, seed=2, idle=20_000), Run(stalls=200, seed=3, idle=20_000))


def beside(op) -> Graph | None:
    """An operator whose output meets its input twice, once as the first and once as the second of a line's parts."""
    for case in op.cases():
        graph = case_graph(*case)
        x, y = graph.input[1], graph.streams["y"]
        held = Node("held", Window(1, stride=y.period // x.period), ("x",))
        joins = (Node("first", Concat(), ("y", "held")), Node("second", Concat(), ("held", "y")))
        try:
            return replace(graph, nodes=(*graph.nodes, held, *joins), outputs=("first", "second")).check()
        except GraphError:
            continue
    return None


MET = {op.kind: graph for op in OPS if (graph := beside(op)) is not None}
CASES = [
    *(Case(kind, graph) for kind, graph in MET.items()),
    *(Case(graph.name, graph) for graph in (halves(), lines(), held())),
    *(Case(f"residual-{layers}", residual(layers=layers)) for layers in (1, 3)),
    Case("unet", unet()),
    Case("unet-narrow", narrow(unet())),
    Case("saturating", narrow(saturating())),
]


def test_every_operator_is_met_and_every_grain_is_an_operator():
    assert {op.kind for op in OPS} - MET.keys() <= {"reshape"}  # its lines are not those of its input
    assert set(GRAINS) == set(CELLS) == set(OPS)


def test_computed_queues_carry_every_frame(tmp_path):
    designs = build_cases(tmp_path, CASES)
    assert {k: v for run in RUNS for k, v in failing(tmp_path, CASES, designs, 80, run).items()} == {}


def test_a_queue_one_element_too_short_dead_locks(tmp_path):
    """In RTL as in the simulation, which names the queue."""
    designs = [short(graph, port, tmp_path / f"m{k}.v") for k, (graph, port) in enumerate(SHORT)]
    copy_cells(tmp_path)
    build_bench(tmp_path, designs, sorted(tmp_path.glob("*.v")), optimise=0)
    run = Run(idle=3000)
    run_bench(tmp_path, designs, [corners.frames(design.graph.input[1], 20, 1) for design in designs], run)
    for design in designs:
        with pytest.raises(SimulationError, match="it is stuck"):
            read_values(tmp_path, design, 20, run)


SHORT = (
    (residual(), ("sum", 0)),
    (residual(channels=9, layers=2), ("sum", 0)),
    (lines(), ("sum", 0)),
)


def short(graph: Graph, port: tuple[str, int], model: Path) -> Design:
    """The model with this queue an element shorter, which the simulation says to be too short."""
    least = queues(graph, grains(graph))
    assert stuck(graph, grains(graph), {**least, port: least[port] - 1}) == port
    emit_model(graph, model.parent, 1 << 30, model.stem)
    word = f"{port[0]}_x{port[1]}_queue"
    text, count = re.subn(
        rf"\.DEPTH\({least[port]}\)\) {word}", f".DEPTH({least[port] - 1})) {word}", model.read_text()
    )
    assert count == 1
    model.write_text(text)
    return Design(model.stem, graph)
