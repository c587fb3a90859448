"""The iCEBreaker build of a small sorter: bitstream, costs, RTL, netlist, and the serial line."""

import json
import shutil
from array import array
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgesort.share import share
from edgesort.targets.target import BuildError
from edgesort.targets.verilog import ICEBREAKER, flow, ice40
from edgesort.targets.verilog.fold import fold, latency
from edgesort.targets.verilog.sim import run_cocotb, verilate
from edgesort.verify import compare
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import difference

GRAPH = sorter(seed=3, units=1, filters=2, kernel=4)
DIVIDE, GAP = 16, 10
PAUSE, NOISE = -1, -2  # in place of a byte
BOARD = replace(ICEBREAKER, fabric=replace(ICEBREAKER.fabric, engines=("pair", "digit"), worth=0))
PAIR = sorter(seed=3, units=1, filters=2, kernel=4, channels=2)  # what the serial line is tried on
SAMPLES = corners.frames(PAIR.input[1], 250, seed=6)
SAMPLES[0, 1] = 0  # a pause cuts the first frame
BYTES = SAMPLES.astype("<i2").tobytes()
WORDS = (NOISE, *BYTES[:2], PAUSE, 0x55, PAUSE, *BYTES[4:])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("icebreaker")
    BOARD.emit(GRAPH, out)
    return out, BOARD.build(GRAPH, out)


def test_the_build_has_a_bitstream_that_meets_its_clock(built):
    out, costs = built
    assert (out / "top.bin").stat().st_size > 100_000
    assert costs["clock_mhz"] == 24.0 and costs["timing_met"] and costs["placements"] == 5
    assert costs["bitstream_fmax_mhz"] >= costs["fmax_mhz"] >= 24.0 * 1.1
    assert 0 < costs["core_lut4"] < costs["lut4"] < 2800 and costs["dsp"] == 3 and 0 < costs["ebr"] <= 30
    assert costs["cycles_per_frame"] <= costs["cycles_available"] == 1228
    assert costs["latency_us"] == round(costs["latency_cycles"] / 24, 2) < 100


def test_cycles_and_latency_are_those_of_the_cells(built):
    """The slowest cell, and what its latencies add up to, which is never less than what is measured."""
    costs, made = built[1], fold(GRAPH, 1228, BOARD.fabric)
    assert max(one.cycles for one in made.values()) <= costs["cycles_per_frame"] < 60
    assert 0.7 * latency(GRAPH, made) < costs["latency_cycles"] <= latency(GRAPH, made)


@pytest.mark.parametrize("which", [0, 1], ids=["rtl", "netlist"])
def test_the_executor_equals_the_reference(which, built):
    executor = ICEBREAKER.executors(GRAPH, built[0])[which]
    frames = corners.frames(GRAPH.input[1], 500, seed=6)
    (values,) = executor.run(frames)
    _, expected = GRAPH.run(GRAPH.initial_state(), frames)
    owed = executor.shows or GRAPH.outputs
    assert difference({name: expected[name] for name in owed}, values) is None
    assert expected["events"].any()


def test_verify_names_the_node_of_a_broken_cell_and_notices_a_broken_netlist(built, tmp_path):
    """A cell that stops, and a netlist whose multipliers take signed weights for unsigned ones."""
    shutil.copytree(built[0], tmp_path, dirs_exist_ok=True)
    window = tmp_path / "es_window.v"
    window.write_text(window.read_text().replace("default: if (sent", "default: if (1'b0 & sent"))
    netlist = tmp_path / "netlist.v"
    netlist.write_text(netlist.read_text().replace(".B_SIGNED(1'h1)", ".B_SIGNED(1'h0)"))
    frames = corners.frames(GRAPH.input[1], 200, seed=6)
    rtl, gates = (compare(GRAPH, executor, frames) for executor in ICEBREAKER.executors(GRAPH, tmp_path))
    assert not rtl.equal and "window: expected" in rtl.missing
    assert not gates.equal and gates.first_mismatch.node == "events"


def test_a_bitstream_that_misses_its_clock_is_written_only_if_asked_for(built, tmp_path, monkeypatch):
    monkeypatch.setattr(flow, "SEEDS", (1,))
    shutil.copytree(built[0], tmp_path, dirs_exist_ok=True)
    arguments = (tmp_path, "icebreaker.pcf", ice40.UP5K, 200e6, ICEBREAKER.parameters(GRAPH))
    said = r"expected a clock of 200 MHz with 10% to spare .*, found \d+\.\d+ to .* too slow; a --clock of \d+ or less"
    with monkeypatch.context() as kept:
        kept.setattr(flow, "_forget", lambda folder, family: None)
        with pytest.raises(BuildError, match=said):
            flow.implement(*arguments)
    assert not (tmp_path / "top.bin").exists()
    monkeypatch.setattr(flow, "_synthesise", lambda *_: {"lut4": 700, "ff": 300, "ebr": 9, "spram": 0, "dsp": 3})
    costs = flow.implement(*arguments, allow_failure=True)
    assert (tmp_path / "top.bin").exists() and not list(tmp_path.glob("*.asc"))
    assert costs["timing_met"] is False and costs["fmax_mhz"] < 200


def test_a_design_that_does_not_fit_says_by_how_much():
    said = r"expected 8 multipliers .* at most, found 9, 1 too many; a higher --clock, fewer --channels or a larger"
    with pytest.raises(BuildError, match=said):
        flow.must_fit({"lut4": 10, "ff": 6000, "ebr": 3, "spram": 0, "dsp": 9}, ice40.UP5K)


def test_records_on_the_serial_line_are_the_events(tmp_path):
    """Also after noise on the line, a frame that a pause cut, whose missing channel is 0, and a byte too many."""
    said = serial(tmp_path, WORDS)
    events = PAIR.run(PAIR.initial_state(), SAMPLES)[1]["events"]
    expected = [(int(u), int(events[t, u]), int(t)) for t, u in np.argwhere(events)]
    assert len(expected) > 5
    assert decode(bytes.fromhex(said["bytes"])) == expected and not said["overrun"]
    assert 0 < len(said["pulses"]) <= len(expected)


def serial(folder: Path, words: Sequence[int], arguments: Sequence[str] = ()) -> dict[str, Any]:
    """What a board with PAIR on it says to bytes, PAUSE and NOISE on its line (sim/cocotb_board.py).

    arguments: for Verilator.
    """
    BOARD.emit(PAIR, folder)
    sources = [folder / "board.v", folder / "model.v", *folder.glob("es_*.v")]
    bench = [share("sim", "es_control.sv"), share("sim", "board_bench.sv")]
    numbers = {"CHANNELS": 2, "UNITS": 2, "SCORE_BITS": 8, "DIVIDE": DIVIDE, "GAP": GAP}
    given = [f"-G{name}={n}" for name, n in numbers.items()]
    verilate(folder, "board_bench", [*sources, *bench], 0, [*given, *arguments])
    (folder / "to_board.bin").write_bytes(array("h", words).tobytes())
    run_cocotb(folder, "board_bench", "cocotb_board", [f"+divide={DIVIDE}", f"+pause={2 << GAP}"])
    (said,) = json.loads((folder / "from_board.json").read_text())
    return said


def decode(data: bytes) -> list[tuple[int, int, int]]:
    """Records of hw/cells/es_events.v: (unit, score, frame)."""
    assert len(data) % 5 == 0
    records = [data[k : k + 5] for k in range(0, len(data), 5)]
    assert all(r[0] >= 128 and max(r[1:]) < 128 for r in records)
    return [(r[0] & 127, r[1] | r[2] << 7, r[3] | r[4] << 7) for r in records]
