"""docs/bits.svg from bench/results/bits.json: accuracy against LUT4 and against instructions, with the Pareto front."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from record import RESULTS, ROOT

Row = dict[str, Any]
ACCURACY = "mean_accuracy_snr5"  # of units that can be heard: a generated recording may have one that nobody finds
COSTS = {"lut4": "LUT4", "instructions_per_sample": "instructions a sample, Cortex-M4"}
COLOURS = {"cnn_sorter": "C0", "local_sorter": "C1", "contrastive_sorter": "C2", "snn_sorter": "C3", "detector": "C4"}
MARKS = {"hybrid, 1 channel": "o", "generated, 4 channels": "s"}
ANOTHER_TASK = ("detector",)  # whose accuracy is not a sorter's: it is in the table alone
COMMON = ("model", "recording", "weight_bits")
MEANS = ("mean_accuracy", "mean_accuracy_snr5", "float_mean_accuracy_snr5")
OF_THE_FIRST = (
    *("parameters", "device", "clock_mhz", "lut4", "ebr", "spram", "dsp"),
    *("instructions_per_sample", "flash_bytes", "ram_bytes"),
)


def summary(rows: list[Row]) -> list[Row]:
    """One row a model, recording and width: mean accuracies of its seeds, and the costs of the seed that has them."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in COMMON), []).append(row)
    made = []
    for key, group in groups.items():
        first = next((row for row in group if "instructions_per_sample" in row), {})
        seeds = {"seeds": ", ".join(sorted(str(row["seed"]) for row in group))}
        means = {name: _mean([row[name] for row in group]) for name in MEANS}
        costs = {name: first.get(name) for name in OF_THE_FIRST}
        made.append(dict(zip(COMMON, key, strict=True)) | seeds | means | costs)
    return made


def _mean(values: list[float | None]) -> float | None:
    """None where a seed has none."""
    there = [value for value in values if value is not None]
    return round(float(np.mean(there)), 4) if there and len(there) == len(values) else None


def front(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those (cost, accuracy) than which none is as cheap and more accurate, or as accurate and cheaper; by cost."""
    best: list[tuple[float, float]] = []
    for cost, accuracy in sorted(points, key=lambda point: (point[0], -point[1])):
        if not best or accuracy > best[-1][1]:
            best.append((cost, accuracy))
    return best


def draw(rows: list[Row], path: Path) -> None:
    """Rows of `summary` in two panels; the front joins the best of each recording, since theirs alone compare."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "edgesort"
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
    for axes, (cost, name) in zip(panels, COSTS.items(), strict=True):
        for recording in MARKS:
            _scatter(axes, [row for row in rows if row["recording"] == recording and row[cost]], cost)
        axes.set_xlabel(name)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("accuracy, deployed (units of SNR 5 or more)")
    _legend(figure, panels[0], rows)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _scatter(axes: Any, rows: list[Row], cost: str) -> None:
    points = []
    for row in rows:
        if row["model"] in ANOTHER_TASK:
            continue
        points.append((row[cost], row[ACCURACY]))
        axes.plot(*points[-1], MARKS[row["recording"]], c=COLOURS[row["model"]], ms=6)
        text = _short(row["weight_bits"])
        axes.annotate(text, points[-1], xytext=(5, 4), textcoords="offset points", fontsize=7, c="0.35")
    best = front(points)
    axes.plot(*zip(*best, strict=True), "-", c="0.7", zorder=0) if best else None


def _short(bits: str) -> str:
    """8, or 8-4-8 for bits of each layer."""
    return bits.replace(", ", "-")


def _legend(figure: Any, axes: Any, rows: list[Row]) -> None:
    """Colours of the models and marks of the recordings that are in `rows`."""
    shown = [row for row in rows if row["model"] not in ANOTHER_TASK]
    names: Mapping[str, dict[str, str]] = {
        **{model: {"c": colour, "marker": "o"} for model, colour in COLOURS.items()},
        **{recording: {"c": "0.4", "marker": mark} for recording, mark in MARKS.items()},
    }
    used = [name for name in names if any(name in (row["model"], row["recording"]) for row in shown)]
    handles = [axes.plot([], [], ls="", **names[name])[0] for name in used]
    (line,) = axes.plot([], [], c="0.7")
    figure.legend([*handles, line], [*used, "Pareto front of a recording"], loc="outside lower center", ncols=4)


def main() -> None:
    rows: list[Row] = json.loads((RESULTS / "bits.json").read_text())["rows"]
    draw(summary(rows), ROOT / "docs" / "bits.svg")


if __name__ == "__main__":
    main()
