"""One compact picture of a report, for a README: the trace with its spikes, bit equality and costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from edgesort.report.figures import GREY, INK, STYLE, draw_trace, unit_lines
from edgesort.report.results import (
    Pictures,
    ReportResults,
    all_equal,
    colours,
    headline_mismatch,
    ran,
    why,
)
from edgesort.report.text import at, costs, number

GOOD, BAD = "#0B6B4B", "#A11212"
Row = tuple[Sequence[str], str]
# The costs that one asks for first; the page has all of them.
FIRST = (
    *("code_bytes", "state_bytes", "flash_bytes", "ram_bytes", "instructions_per_sample"),
    *("lut4", "ebr", "dsp", "fmax_mhz", "clock_mhz", "cycles_per_frame", "latency_us", "synthesis"),
)


def overview_png(results: ReportResults, path: Path) -> None:
    """Write the picture, 1,500 pixels wide."""
    with mpl.rc_context(STYLE):
        figure = _draw(results)
        figure.savefig(path, dpi=150, metadata={"Software": None})


def _draw(results: ReportResults) -> Figure:
    report, unit_colours = results.report, colours(results)
    checks, stated = _checks(results), _costs(results)
    lines = max(len(checks), len(stated)) + 1
    figure = Figure(figsize=(10, 4.5 + 0.21 * lines), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.06))
    halves: Any = figure.subfigures(2, 1, height_ratios=[4.5, 0.21 * lines])
    top, bottom = halves
    recording = report["recording"]
    first = f"{recording['origin'].capitalize()}. {recording['headline']}" if ran(recording) else why(recording)
    top.suptitle(first, x=0.008, ha="left", fontsize=9, color=GREY)
    if isinstance(results.pictures, Pictures):
        axes = top.subplot_mosaic(
            [["raw", "raw"], ["ticks", "zoom_ticks"], ["filtered", "zoom"]],
            height_ratios=[1.1, 0.4, 1.8],
            width_ratios=[1.7, 1],
        )
        draw_trace(results.pictures, unit_colours, **axes)
        axes["zoom"].set_ylabel("")
        top.legend(handles=unit_lines(unit_colours), loc="outside lower center", ncols=8, handlelength=1.2)
    else:
        top.text(0.5, 0.5, why(results.pictures), ha="center", color=GREY)
    left, right = bottom.subplots(1, 2, width_ratios=[1.15, 1], gridspec_kw={"wspace": 0.08})
    mismatch = headline_mismatch(report["checks"])
    verdict = mismatch or ("every value equals the reference" if all_equal(report["checks"]) else "not checked")
    _table(left, ["executor", "frames", "values", "mismatches"], checks, [0, 0.6, 0.82, 1], lines)
    left.set_title(f"Bit equality: {verdict}", loc="left", fontweight="bold", color=BAD if mismatch else INK)
    _table(right, ["target", "", ""], stated, [0, 0.3, 1], lines)
    right.set_title("Costs", loc="left", fontweight="bold")
    return figure


def _checks(results: ReportResults) -> list[Row]:
    """Each executor, then the mean accuracy of each stage."""
    rows: list[Row] = []
    for check in results.report["checks"]:
        counts = [number(check[key]) for key in ("frames", "values", "mismatches")]
        rows.append(((check["name"], *counts), GOOD if check["equal"] else BAD))
    rows += [((name, f"not run: {reason}"), GREY) for name, reason in results.report["not_checked"].items()]
    stages = {name: scores for name, scores in results.report["accuracy"].items() if ran(scores)}
    if not stages:
        return rows
    means = [number(scores["mean_accuracy"], digits=3) for scores in stages.values()]
    return [*rows, ((), GREY), (("mean accuracy", *stages), GREY), (("", *means), INK)]


def _costs(results: ReportResults) -> list[Row]:
    rows: list[Row] = []
    for target, build in results.report["builds"].items():
        if not ran(build):
            rows.append(((target, why(build)), GREY))
            continue
        stated = (cost for cost in costs(results.report, target) if cost.path.split("/")[-1] in FIRST)
        for index, cost in enumerate(stated):
            limit = f" of {number(at(results.report, cost.limit))}" if cost.limit else ""
            value = f"{number(at(results.report, cost.path), cost.scale)} {cost.unit}".strip() + limit
            rows.append((("" if index else target, cost.label, value), INK))
    return rows


def _table(axis: Axes, head: Sequence[str], rows: Sequence[Row], edges: Sequence[float], lines: int) -> None:
    """Lines of text in columns at `edges`; those in the right half end there, the others begin there."""
    axis.set(xlim=(0, 1), ylim=(lines, 0))
    axis.set_axis_off()
    for line, (cells, colour) in enumerate([(head, GREY), *rows]):
        for column, (cell, edge) in enumerate(zip(cells, edges, strict=False)):
            last = column == len(cells) - 1
            tone = colour if last or colour == GREY else INK
            axis.text(
                edge, line + 0.5, cell, ha="right" if edge > 0.5 else "left", va="center", color=tone, fontsize=8.5
            )
