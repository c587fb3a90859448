"""Each mutant of what lies between a board's serial lines is noticed; the board itself says what the reference does."""

import json
import re
from array import array

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Peak, Requant
from edgesort.share import share
from edgesort.targets.verilog.emit import emit_model
from edgesort.targets.verilog.sim import run_cocotb, verilate
from tests.targets.cases_verilog import cell_files
from tests.targets.mutant import Mutant
from tests.targets.mutants_verilog import mutate
from tests.targets.test_verilog_board import NOISE, PAUSE, decode

DIVIDE, GAP, PULSE, FRAMES = 16, 10, 400, 40
BREAK = -3  # in place of a byte: one whose stop bit is low
NODES = (
    Node("score", Requant((8,), Int(7, False)), ("adc",)),
    Node("events", Peak((40, 40), reach=1, refractory=2), ("score",)),
)
GRAPH = Graph("two", 1000.0, ("adc", Stream((2,), Int(16))), NODES, ("events",)).check()


def board(what, old, new, file):
    return Mutant("board", what, old, new, file)


RX, TX, SAMPLES, EVENTS, BOARD = "es_uart_rx.v", "es_uart_tx.v", "es_samples.v", "es_events.v", "board.v"
MUTANTS = (
    board("reads a bit at its edge", "HALF = DIVIDE / 2 - 1", "HALF = 0", RX),
    board("takes noise for a start bit", "(left == 4'd10 & line[1]) ? 4'd0 : left - 1'b1", "left - 1'b1", RX),
    board("takes a byte without a stop bit", "(left == 4'd1) & line[1]", "(left == 4'd1)", RX),
    board("the highest bit first", "{line[1], data_o[7:1]}", "{data_o[6:0], line[1]}", RX),
    board("bits too long", "BIT  = DIVIDE - 1", "BIT  = DIVIDE + 1", RX),
    board("no start bit", "{x_data_i, 1'b0}", "{x_data_i, 1'b1}", TX),
    board("no stop bit", "left  <= 4'd10", "left  <= 4'd9", TX),
    board("bits too short", ".N(DIVIDE)", ".N(DIVIDE - 2)", TX),
    board("high byte first", "{byte_data_i, low}", "{low, byte_data_i}", SAMPLES),
    board("keeps a byte over a gap", "high & ~gap", "high", SAMPLES),
    board("leaves a cut frame cut", "gap & ~whole & ~full", "1'b0", SAMPLES),
    board("fills with what was", "else if (fill) y_data_o <= 16'd0;", "", SAMPLES),
    board("counts elements for frames", "taken & unit_last", "taken", EVENTS),
    board("score and frame swapped", "{frame, score, unit_wide}", "{score, frame, unit_wide}", EVENTS),
    board("marks no first byte", "{left == BYTES[2:0], record[6:0]}", "{1'b0, record[6:0]}", EVENTS),
    board("an event of no score", "(x_data_i != {SCORE_BITS{1'b0}})", "1'b1", EVENTS),
    board("frames of one channel", ".CHANNELS(CHANNELS), .GAP", ".CHANNELS(1), .GAP", BOARD),
    board("a pulse without end", "(event_o & ~pulse_last)", "event_o", BOARD),
    board("a pulse of a cycle", "event_now | (event_o & ~pulse_last)", "event_now", BOARD),
    board("a second event makes no longer pulse", "rst_ni & ~event_now", "rst_ni", BOARD),
    board("records do not wait", ".y_ready_i(queue_ready)", ".y_ready_i(1'b1)", BOARD),
)
TOP = """module boards_bench;
    logic clk, rst_n /* verilator public_flat_rd */, done;
    logic [31:0] cycle;
    logic to_board /* verilator public_flat_rw */ = 1;
    es_control control (.clk_o(clk), .rst_no(rst_n), .cycle_o(cycle), .all_done_i(1'b0), .done_o(done));
"""
ONE = """
    wire from_board_{k} /* verilator public_flat_rd */, pulse_{k} /* verilator public_flat_rd */;
    wire overrun_{k} /* verilator public_flat_rd */;
    board{suffix} #(
        .CHANNELS(2), .UNITS(2), .SCORE_BITS(7), .DIVIDE({divide}), .GAP({gap}), .PULSE({pulse})
    ) board_{k} (
        .clk_i(clk), .rst_ni(rst_n), .line_i(to_board), .line_o(from_board_{k}), .spi_cs_no(), .spi_sclk_o(),
        .spi_mosi_o(), .spi_miso_i(1'b0), .event_o(pulse_{k}), .overrun_o(overrun_{k})
    );
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the board and then each mutant says to SAMPLES, of which a pause cuts the first frame."""
    work = tmp_path_factory.mktemp("boards")
    text = share("hw", "boards", "common", "board.v").read_text()
    parts = [TOP]
    for k, mutant in enumerate((None, *MUTANTS)):
        suffix = f"_m{k}" if mutant else ""
        (work / f"board_{k}.v").write_text(broken(mutant, suffix, text) if mutant else text)
        parts.append(ONE.format(k=k, suffix=suffix, divide=DIVIDE, gap=GAP, pulse=PULSE))
    (work / "boards_bench.sv").write_text("".join([*parts, "endmodule\n"]))
    emit_model(GRAPH, work, 1 << 30)
    bench = [share("sim", "es_control.sv"), work / "boards_bench.sv"]
    verilate(work, "boards_bench", [*cell_files(), work / "model.v", *work.glob("board_*.v"), *bench])
    data = frames().astype("<i2").tobytes()
    words = (NOISE, *data[:2], PAUSE, 0x55, BREAK, PAUSE, *data[4:])
    (work / "to_board.bin").write_bytes(array("h", words).tobytes())
    line = [f"+divide={DIVIDE}", f"+pause={2 << GAP}", f"+boards={1 + len(MUTANTS)}"]
    run_cocotb(work, "boards_bench", "cocotb_board", [*line, "+verilator+rand+reset+2", "+verilator+seed+3"])
    return json.loads((work / "from_board.json").read_text())


def broken(mutant, suffix, text):
    """The board with a broken cell, or broken itself, under another name."""
    named = re.sub(r"\bmodule board\b", f"module board{suffix}", text)
    if mutant.source == BOARD:
        return mutant.apply(named)
    cells, names = mutate(mutant, suffix)
    return cells + re.sub(r"\bes_\w+", lambda found: found[0] + suffix * (found[0] in names), named)


def frames():
    """Spikes on one channel, or on both, in one frame or in two."""
    quiet = np.random.default_rng(4).integers(-3000, 3000, (FRAMES, 2))
    quiet[3::12] += (15000, 0)
    quiet[7::12] += (0, 20000)
    quiet[10::12] += (12000, 17000)
    quiet[0] = 15000, 0
    return quiet.astype(np.int16)


def test_records_and_pulses_are_those_of_the_events(said):
    """A pulse lasts PULSE cycles from the last event of a frame; the next sample comes two bytes later."""
    events = GRAPH.run(GRAPH.initial_state(), frames())[1]["events"]
    expected = [(int(u), int(events[t, u]), int(t)) for t, u in np.argwhere(events)]
    both = [bool(frame.all()) for frame in events if frame.any()]
    assert decode(bytes.fromhex(said[0]["bytes"])) == expected and not said[0]["overrun"]
    assert [width > PULSE for width in said[0]["pulses"]] == both and True in both and False in both
    assert {width for width, two in zip(said[0]["pulses"], both, strict=True) if not two} == {PULSE}
    assert {width for width, two in zip(said[0]["pulses"], both, strict=True) if two} == {PULSE + 2 * 10 * DIVIDE}


def test_every_mutant_is_noticed(said):
    assert [mutant.what for mutant, told in zip(MUTANTS, said[1:], strict=True) if told == said[0]] == []
