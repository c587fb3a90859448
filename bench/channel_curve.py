"""LUTs against channels: the shipped sorter for 1 to 64 channels through Yosys, and docs/channels.svg of it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
from designs import cnn_sorter
from record import ROOT
from synthesis import cells

from edgesort.graph import Graph
from edgesort.passes.channels import channels
from edgesort.targets.target import BuildError
from edgesort.targets.verilog import ICEBREAKER, ULX3S
from edgesort.targets.verilog.boards import Board
from edgesort.targets.verilog.emit import copy_cells, emit_model

COUNTS = (1, 2, 4, 8, 16, 32, 64)
DEVICES = {"iCE40UP5K": ICEBREAKER, "ECP5": ULX3S}
TRIED = (("iCE40UP5K", 24), ("ECP5", 25), ("ECP5", 50), ("ECP5", 100))  # clocks in MHz
Row = dict[str, Any]


def measure() -> list[Row]:
    """One row a number of channels: on the iCE40UP5K while it has enough of everything, then on an ECP5."""
    rows = [_row(count) for count in COUNTS]
    draw([row for row in rows if "core_lut4" in row], ROOT / "docs" / "channels.svg")
    return rows


def _row(count: int) -> Row:
    """Cells on the smallest device and at the lowest clock that keep up, or what is short of at the highest."""
    graph, short = channels(cnn_sorter(), count), ""
    for device, mhz in TRIED:
        board = replace(DEVICES[device], clock=mhz * 1e6)
        try:
            made = _made(graph, board)
        except BuildError as error:
            short = f"{device}, {mhz} MHz: {error}"
            continue
        over = [name for key, name, has in board.device.resources if (made | {"lc": made["lut4"]})[key] > has]
        if not over:
            return {"device": device, "channels": count, "clock_mhz": mhz, "core_lut4": made.pop("lut4"), **made}
        short = f"{device}, {mhz} MHz: {', '.join(over)}"
    return {"device": TRIED[-1][0], "channels": count, "short_of": short}


def _made(graph: Graph, board: Board) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        emit_model(graph, out, board.budget(graph), stock=board.stock(), fabric=board.fabric)
        copy_cells(out)
        return cells(out, [path.name for path in sorted(out.glob("*.v"))], "model", board.device.family)


def draw(rows: list[Row], path: Path) -> None:
    """LUT4 of the model against channels, both axes logarithmic, with what one design a channel would take."""
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "edgesort"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.6), layout="constrained")
    alone = rows[0]["core_lut4"]
    axes.loglog([row["channels"] for row in rows], [alone * row["channels"] for row in rows], ":", c="0.6")
    axes.text(rows[-1]["channels"], alone * rows[-1]["channels"], "one design a channel ", ha="right", c="0.4")
    for device, mark in (("iCE40UP5K", "o"), ("ECP5", "s")):
        own = [row for row in rows if row["device"] == device]
        axes.loglog([row["channels"] for row in own], [row["core_lut4"] for row in own], f"{mark}-", label=device)
    axes.set(xlabel="channels", ylabel="LUT4", xticks=COUNTS, xticklabels=COUNTS)
    axes.minorticks_off()
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
