"""What a graph costs on a Cortex-M4 in QEMU and as cells of the smallest FPGA that keeps up, by simulation."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthesis import cells

import edgesort
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.targets.target import Options
from edgesort.targets.verilog import ICEBREAKER, ULX3S
from edgesort.targets.verilog.boards import Board
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.target import Rtl, measure

MACHINE = "mps2-an386"
MEASURED = ("instructions_per_sample", "instructions_per_sample_worst", "flash_bytes", "ram_bytes")
TRIED = (("iCE40UP5K", ICEBREAKER, 24), ("ECP5", ULX3S, 25), ("ECP5", ULX3S, 50), ("ECP5", ULX3S, 100))  # MHz
Row = dict[str, Any]


def cortex_m4(graph: Graph, samples: Array) -> Row:
    """Instructions a sample, counted on `samples` int16 [T, channels], and bytes; whether it keeps up is not asked."""
    with tempfile.TemporaryDirectory() as folder:
        vectors = {"recording": samples}
        build = edgesort.compile(
            graph, MACHINE, Path(folder) / MACHINE, vectors=vectors, options=Options(allow_overrun=True)
        )
    return {key: build.manifest["costs"][key] for key in MEASURED}


def fpga(graph: Graph, simulated: bool = True) -> Row:
    """Cells of the model alone, through Yosys without placement, on the first of TRIED that keeps up and suffices.

    simulated: it keeps up in simulation, too, not by the compiler's estimate alone. `short_of`: why none does.
    BuildError if a tool fails.
    """
    short = ""
    for device, board, mhz in TRIED:
        board = replace(board, clock=mhz * 1e6)
        if lines := Rtl.unsupported(board, graph):
            short = f"{device}, {mhz} MHz: {'; '.join(lines)}"
            continue
        with tempfile.TemporaryDirectory() as name:
            made, over = _made(graph, board, Path(name), simulated)
        if not over:
            return {"device": device, "clock_mhz": mhz, **made}
        short = f"{device}, {mhz} MHz: {', '.join(over)}"
    return dict.fromkeys(("device", "clock_mhz", "lut4", "ff", "ebr", "spram", "dsp")) | {"short_of": short}


def _made(graph: Graph, board: Board, out: Path, simulated: bool) -> tuple[dict[str, int], list[str]]:
    """The design's cells, and what the device has too little of."""
    budget = board.budget(graph)
    emit_model(graph, out, budget, stock=board.stock(), fabric=board.fabric)
    copy_cells(out)
    with tempfile.TemporaryDirectory() as folder:
        cycles = measure(graph, out, Path(folder), budget)["cycles_per_frame"] if simulated else 0
    made = cells(out, [path.name for path in sorted(out.glob("*.v"))], "model", board.device.family)
    has = made | {"lc": made["lut4"]}
    over = [name for key, name, available in board.device.resources if has[key] > available]
    return made, over + [f"{cycles} cycles a frame of {budget}"] * (cycles > budget)
