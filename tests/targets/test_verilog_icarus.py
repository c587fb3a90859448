"""Icarus reads every cell and runs a design: a second simulator, and one in which what is not reset is unknown."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import edgesort
from edgesort.data import catalog
from edgesort.data.recordings import frames, load_recording
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.target import ToolMissing
from edgesort.targets.verilog.emit import copy_cells, emit_model, identifiers
from tests.targets.cases import difference, stepped
from tests.targets.cases_verilog import cell_files
from tests.targets.mutant import Mutant

BUDGET, FRAMES = 1228, 120  # cycles a frame

BENCH = """\
`timescale 1ns / 1ns
module bench;
    reg clk = 1'b0, rst_n = 1'b0, valid = 1'b0, y_ready = 1'b0;
    reg [31:0] noise = 32'd1;
    reg [{top}:0] frames [0:{beats}-1];
    integer at = 0, sent = 0;
    wire x_ready, y_valid;
    model dut (
        .clk_i(clk), .rst_ni(rst_n), .x_valid_i(valid), .x_ready_o(x_ready), .x_data_i(frames[at]),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o()
    );
    initial $readmemh("frames.hex", frames);
    always #1 clk = ~clk;
    // Stalls: a source offers what it has offered until it is taken.
    always @(posedge clk) begin
        noise = {{noise[30:0], noise[31] ^ noise[21] ^ noise[1] ^ noise[0]}};
        rst_n   <= $time > 20;
        y_ready <= noise[0];
        if (valid & x_ready) begin
            at = at + 1;
            valid <= noise[1] & at < {beats};
        end else if (rst_n & at < {beats}) valid <= valid | noise[1];
        if (rst_n & y_valid & y_ready) sent = sent + 1;
        if (sent == {outputs}) $finish;
        if ($time > {most}) $fatal(1, "stuck");
    end
{shown}endmodule
"""
SHOWN = """\
    always @(posedge clk) if (rst_n & dut.{word}_valid & dut.{word}_ready) $display("{word} %b", dut.{word}_data);
"""


def tool(*command: str, folder: Path) -> str:
    if shutil.which(command[0]) is None:
        raise ToolMissing(f"{command[0]}: expected it on PATH, found none; apt-get install iverilog")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-500:]
    return done.stdout


def emit(graph: Graph, folder: Path) -> None:
    emit_model(graph, folder, BUDGET)
    copy_cells(folder)


def icarus_values(graph: Graph, data: np.ndarray, folder: Path) -> Values:
    """Every stream's values of the RTL of `graph` in the folder, on frames [T, *shape], with stalls."""
    ids, (name, x) = identifiers(graph), graph.input
    mask = (1 << x.dtype.bits) - 1
    (folder / "frames.hex").write_text("".join(f"{value & mask:x}\n" for value in data.ravel().tolist()))
    y = graph.outputs[0]
    outputs = len(data) // graph.rate(y) * graph.streams[y].size
    shown = "".join(SHOWN.format(word=ids[node.name]) for node in graph.nodes)
    numbers = {"top": x.dtype.bits - 1, "beats": data.size, "outputs": outputs, "most": 20 * BUDGET * len(data)}
    (folder / "bench.v").write_text(BENCH.format(shown=shown, **numbers))
    tool("iverilog", "-g2005", "-o", "bench.vvp", "-s", "bench", "-y", ".", "bench.v", "model.v", folder=folder)
    words: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    by_id = {ids[node.name]: node.name for node in graph.nodes}
    for line in tool("vvp", "-n", "bench.vvp", folder=folder).splitlines():
        first, _, bits = line.partition(" ")
        if first in by_id:
            words[by_id[first]].append(bits)
    return {node: _numbers(graph, node, said, len(data)) for node, said in words.items()} | {name: data}


def _numbers(graph: Graph, node: str, said: list[str], count: int) -> np.ndarray:
    """ValueError for a bit that is not known."""
    stream = graph.streams[node]
    sign = 1 << (stream.dtype.bits - 1) if stream.dtype.signed else 0
    values = np.array([(int(bits, 2) ^ sign) - sign for bits in said], stream.dtype.container)
    return values[: count // graph.rate(node) * stream.size].reshape(-1, *stream.shape)


@pytest.mark.parametrize("path", cell_files(), ids=lambda path: path.stem)
def test_icarus_accepts_the_cell_without_a_warning(path, tmp_path):
    cells = str(path.parent)
    assert tool("iverilog", "-Wall", "-g2005", "-t", "null", "-y", cells, str(path), folder=tmp_path) == ""


def test_cnn_sorter_on_recorded_data_equals_step(tmp_path):
    """Events of an N1 file, and every value of every stream, from an unknown state on."""
    graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    data = frames(load_recording(catalog.get("neuralink_n1")[2]))[:FRAMES]
    emit(graph, tmp_path)
    expected = stepped(graph, data)
    assert expected[graph.outputs[0]].any()
    assert difference(expected, icarus_values(graph, data, tmp_path)) is None


def test_a_memory_that_is_not_cleared_is_unknown(tmp_path):
    """A window that clears one word of its ring, and not all: what it sends first are no numbers."""
    graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    emit(graph, tmp_path)
    window = tmp_path / "es_window.v"
    broken = Mutant("window", "clears too little", "CLEAR: if (&write_at)", "CLEAR: if (write_at[0])", window.name)
    window.write_text(broken.apply(window.read_text()))
    with pytest.raises(ValueError, match=r"invalid literal for int.. with base 2: 'xx"):
        icarus_values(graph, np.ones((4, 1), np.int16), tmp_path)
