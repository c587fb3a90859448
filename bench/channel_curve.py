"""LUTs against channels: the shipped sorter for 1 to 64 channels through Yosys, and docs/channels.svg of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
from costs import TRIED, fpga
from designs import cnn_sorter
from record import ROOT

from edgesort.passes.channels import channels

COUNTS = (1, 2, 4, 8, 16, 32, 64)
Row = dict[str, Any]


def measure() -> list[Row]:
    """One row a number of channels: on the iCE40UP5K while it has enough of everything, then on an ECP5."""
    rows = [_row(count) for count in COUNTS]
    draw([row for row in rows if "core_lut4" in row], ROOT / "docs" / "channels.svg")
    return rows


def _row(count: int) -> Row:
    """Cells on the smallest device and at the lowest clock that keep up, or what is short of at the highest."""
    made = fpga(channels(cnn_sorter(), count), simulated=False)
    if "short_of" in made:
        return {"device": TRIED[-1][0], "channels": count, "short_of": made["short_of"]}
    return {
        "device": made.pop("device"),
        "channels": count,
        "clock_mhz": made.pop("clock_mhz"),
        "core_lut4": made.pop("lut4"),
        **made,
    }


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
