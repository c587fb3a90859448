"""model_axis between a master and a slave of AXI4-Stream gives the reference's frames, and its mutants do not."""

import json
import re

import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Requant
from edgesort.targets import find
from edgesort.targets.verilog.axis import axis_text
from edgesort.targets.verilog.emit import emit_model
from edgesort.targets.verilog.sim import run_cocotb, verilate
from tests import corners
from tests.graphs import sorter
from tests.targets.cases_verilog import cell_files, rename_cells
from tests.targets.mutant import Mutant
from tests.targets.mutants_verilog import mutate

FRAMES = 50
SORTER = sorter(seed=3, units=1, filters=2, kernel=4)
NARROW = Graph(
    "narrow", 1000.0, ("adc", Stream((3,), Int(12))), (Node("y", Requant((2,), Int(10)), ("adc",)),), ("y",)
).check()


def axis(what, old, new, file, case=""):
    return Mutant("axis", what, old, new, f"es_axis_{file}.v", case)


MUTANTS = (
    axis("takes what the model does not", "x_tready_o = y_ready_i", "x_tready_o = 1'b1", "in"),
    axis("no error", "(x_tlast_i != last)", "1'b0", "in", "cut elsewhere"),
    axis("an error that is none", "(x_tlast_i != last)", "(x_tlast_i == last)", "in"),
    axis("forgets an error", "error_o | (", "(", "in", "cut elsewhere"),
    axis("counts what waits", ".step_i(taken)", ".step_i(x_tvalid_i)", "in"),
    axis("drops the sign", ".X_SIGNED(SIGNED)", ".X_SIGNED(0)", "out"),
    axis("ends a frame too late", ".N(SIZE)", ".N(SIZE + 1)", "out"),
    axis("counts what waits to leave", "y_tvalid_o & y_tready_i", "y_tvalid_o", "out"),
    axis("drops what the slave does not take", "x_ready_o  = y_tready_i", "x_ready_o  = 1'b1", "out"),
)
# Each core: suffix of its cells, the graph, and how its frames come
CORES = (
    ("", SORTER, ""),
    ("", NARROW, ""),
    ("", NARROW, "cut elsewhere"),
    *((f"_m{k}", NARROW, mutant.case) for k, mutant in enumerate(MUTANTS)),
)
# Python sees signals after an edge, not before it. Its own clock, `tick`, rises ahead of the cores', and what it sets
# comes to them with the fall of theirs: so both ends see the same beats.
TOP = """module axis_bench;
    logic tick /* verilator public_flat_rd */ = 0, clk = 0, rst_n /* verilator public_flat_rd */ = 0;
    always begin #1 tick = 1; #1 clk = 1; #1 tick = 0; #1 clk = 0; end
    initial begin #22 rst_n = 1; end
"""
CORE = """
    logic s{k}_axis_tvalid /* verilator public_flat_rw */ = 0, s{k}_axis_tlast /* verilator public_flat_rw */ = 0;
    logic [15:0] s{k}_axis_tdata /* verilator public_flat_rw */ = 0;
    logic m{k}_axis_tready /* verilator public_flat_rw */ = 0;
    wire s{k}_axis_tready /* verilator public_flat_rd */, m{k}_axis_tvalid /* verilator public_flat_rd */;
    wire m{k}_axis_tlast /* verilator public_flat_rd */, error_{k} /* verilator public_flat_rd */;
    wire [{top}:0] m{k}_axis_tdata /* verilator public_flat_rd */;
    logic [18:0] at_{k} = 0;
    always @(negedge clk) at_{k} <= {{s{k}_axis_tvalid, s{k}_axis_tlast, m{k}_axis_tready, s{k}_axis_tdata}};
    axis_{k} core_{k} (
        .aclk(clk), .aresetn(rst_n), .s_axis_tvalid(at_{k}[18]), .s_axis_tready(s{k}_axis_tready),
        .s_axis_tdata(at_{k}[15:0]), .s_axis_tlast(at_{k}[17]), .m_axis_tvalid(m{k}_axis_tvalid),
        .m_axis_tready(at_{k}[16]), .m_axis_tdata(m{k}_axis_tdata), .m_axis_tlast(m{k}_axis_tlast),
        .error_o(error_{k})
    );
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    return judge(tmp_path_factory.mktemp("axis"))


def judge(work, arguments=()):
    """What is wrong with each of CORES, None if nothing is. arguments: for Verilator."""
    parts, given = [TOP], []
    for k, (suffix, graph, how) in enumerate(CORES):
        names = mutate(MUTANTS[int(suffix[2:])], suffix) if suffix else ("", frozenset())
        text = rename_cells(axis_text(graph), suffix, names[1]).replace("model_axis", f"axis_{k}")
        (work / f"axis_{k}.v").write_text(names[0] + re.sub(r"\bmodel core", f"{graph.name} core", text))
        parts.append(CORE.format(k=k, top=8 * expected(graph).itemsize - 1))
        given.append([frame.hex() for frame in cut(frames(graph), how)])
    for graph in (SORTER, NARROW):
        emit_model(graph, work, 1228, graph.name)
    (work / "axis_bench.sv").write_text("".join([*parts, "endmodule\n"]))
    (work / "to_cores.json").write_text(json.dumps(given))
    verilate(work, "axis_bench", [*cell_files(), *work.glob("*.v"), work / "axis_bench.sv"], 0, arguments)
    run_cocotb(work, "axis_bench", "cocotb_axis", ["+seed=4", "+verilator+rand+reset+2", "+verilator+seed+5"])
    told = json.loads((work / "from_cores.json").read_text())
    return [wrong(graph, how, one) for (_, graph, how), one in zip(CORES, told, strict=True)]


def frames(graph):
    return corners.frames(graph.input[1], FRAMES, seed=6).astype("<i2")


def expected(graph):
    return graph.run(graph.initial_state(), frames(graph))[1][graph.outputs[0]]


def cut(samples, how):
    """A frame each, as bytes; or the first two cut at another place."""
    whole = [frame.tobytes() for frame in samples]
    if not how:
        return whole
    two = whole[0] + whole[1]
    return [two[:4], two[4:], *whole[2:]]


def wrong(graph, how, told):
    due = [frame.tobytes().hex() for frame in expected(graph)]
    if told["frames"] != due:
        return f"expected {len(due)} frames, found {len(told['frames'])} others"
    return None if told["error"] == bool(how) else f"error_o: found {told['error']}"


def test_frames_of_a_slave_are_the_references(judged):
    assert judged[:3] == [None] * 3


def test_every_mutant_is_noticed(judged):
    assert [mutant.what for mutant, how in zip(MUTANTS, judged[3:], strict=True) if how is None] == []


def test_the_verilog_target_brings_the_wrapper(tmp_path):
    """Of each output one master; the text names cells that are there."""
    find("verilog").emit(SORTER, tmp_path)
    assert (tmp_path / "model_axis.v").read_text() == axis_text(SORTER)
    assert (tmp_path / "es_axis_in.v").is_file() and (tmp_path / "es_axis_out.v").is_file()
    several = Graph(
        "two", 1000.0, NARROW.input, (*NARROW.nodes, Node("z", Requant((0,), Int(20)), ("adc",))), ("y", "z")
    ).check()
    text = axis_text(several)
    assert "output wire [15:0] m0_axis_tdata" in text and "output wire [31:0] m1_axis_tdata" in text
    assert ".y1_valid_o(y1_valid), .y1_ready_i(y1_ready), .y1_data_o(y1_data)" in text
