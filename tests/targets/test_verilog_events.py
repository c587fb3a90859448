"""More than 128 units on a board: records of six bytes on the serial line are the events."""

import json
from array import array

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Peak, Requant, Window
from edgesort.share import share
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.sim import run_cocotb, verilate

UNITS, DIVIDE, GAP = 150, 8, 10


def test_records_of_six_bytes_are_the_events(tmp_path):
    nodes = (
        Node("past", Window(UNITS), ("adc",)),
        Node("score", Requant((8,), Int(7, False)), ("past",)),
        Node("events", Peak((40,) * UNITS, reach=1, refractory=9), ("score",)),
    )
    graph = Graph("wide", 1000.0, ("adc", Stream((1,), Int(16))), nodes, ("events",)).check()
    (tmp_path / "board.v").write_text(share("hw", "boards", "common", "board.v").read_text())
    emit_model(graph, tmp_path, 1 << 30)
    copy_cells(tmp_path)
    sources = [*sorted(tmp_path.glob("*.v")), share("sim", "es_control.sv"), share("sim", "board_bench.sv")]
    numbers = {"UNITS": UNITS, "SCORE_BITS": graph.streams["events"].dtype.bits, "DIVIDE": DIVIDE, "GAP": GAP}
    verilate(tmp_path, "board_bench", sources, 0, [f"-G{name}={n}" for name, n in numbers.items()])
    frames = np.zeros((170, 1), np.int16)
    frames[::45, 0] = 11000, 32767, 17000, 25000  # each passes all units, one a frame
    words = [word for frame in frames for word in (*frame.astype("<i2").tobytes(), *[-1] * 2)]
    (tmp_path / "to_board.bin").write_bytes(array("h", words).tobytes())
    run_cocotb(tmp_path, "board_bench", "cocotb_board", [f"+divide={DIVIDE}", f"+pause={2 << GAP}"])
    said = bytes.fromhex(json.loads((tmp_path / "from_board.json").read_text())[0]["bytes"])
    events = graph.run(graph.initial_state(), frames)[1]["events"]
    expected = [(int(u), int(events[t, u]), int(t)) for t, u in np.argwhere(events)]
    assert {unit for unit, _, _ in expected} == set(range(UNITS)) and len({score for _, score, _ in expected}) == 4
    assert [decode(said[k : k + 6]) for k in range(0, len(said), 6)] == expected


def decode(r: bytes) -> tuple[int, int, int]:
    """A record of hw/cells/es_events.v: (unit, score, frame)."""
    assert r[0] >= 128 and max(r[1:]) < 128
    return r[0] & 127 | r[1] << 7, r[2] | r[3] << 7, r[4] | r[5] << 7
