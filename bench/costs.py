"""What a graph costs on a Cortex-M4 in QEMU and as cells of the smallest FPGA that keeps up, by simulation."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthesis import cells

import edgesort
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.targets.target import BuildError, Options
from edgesort.targets.verilog import ICEBREAKER, ULX3S
from edgesort.targets.verilog.boards import Board
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.target import Rtl

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
    """
    short = ""
    for device, board, mhz in TRIED:
        board = replace(board, clock=mhz * 1e6)
        try:
            made = _cells(graph, board, simulated)
        except BuildError as error:
            short = f"{device}, {mhz} MHz: {error}"
            continue
        over = _over(board, made)
        if not over:
            return {"device": device, "clock_mhz": mhz, **made}
        short = f"{device}, {mhz} MHz: {', '.join(over)}"
    return dict.fromkeys(("device", "clock_mhz", "lut4", "ff", "ebr", "spram", "dsp")) | {"short_of": short}


def _over(board: Board, made: dict[str, int]) -> Iterable[str]:
    """What the device has too little of."""
    has = made | {"lc": made["lut4"]}
    return [name for key, name, available in board.device.resources if has[key] > available]


def _cells(graph: Graph, board: Board, simulated: bool) -> dict[str, int]:
    """BuildError if the design takes more cycles a sample than there are."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        emit_model(graph, out, board.budget(graph), stock=board.stock(), fabric=board.fabric)
        copy_cells(out)
        if simulated:
            Rtl.build(board, graph, out)
        return cells(out, [path.name for path in sorted(out.glob("*.v"))], "model", board.device.family)
