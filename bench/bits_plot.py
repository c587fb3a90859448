"""docs/bits.svg from bench/results/bits.json: accuracy against LUT4 and against instructions, with the Pareto front."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from record import RESULTS, ROOT

Row = dict[str, Any]
ACCURACY = "mean_accuracy_snr5"  # of units that can be heard: a generated recording may have one that nobody finds
COSTS = {"lut4": "LUT4", "instructions_per_sample": "instructions a sample, Cortex-M4"}
COLOURS = {"cnn_sorter": "C0", "local_sorter": "C1", "contrastive_sorter": "C2", "snn_sorter": "C3", "detector": "C4"}
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
    """Rows of `summary`: two panels a recording, for accuracies of one alone compare."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "edgesort"
    from matplotlib import pyplot

    shown = [row for row in rows if row["model"] not in ANOTHER_TASK]
    recordings = sorted({row["recording"] for row in shown}, reverse=True)
    size = {"figsize": (9, 0.8 + 2.9 * len(recordings)), "layout": "constrained", "squeeze": False}
    figure, panels = pyplot.subplots(len(recordings), len(COSTS), sharey="row", sharex="col", **size)
    for recording, line in zip(recordings, panels, strict=True):
        for axes, cost in zip(line, COSTS, strict=True):
            _scatter(axes, [row for row in shown if row["recording"] == recording and row[cost]], cost)
            axes.spines[["top", "right"]].set_visible(False)
        line[0].set_title(recording, loc="left", fontsize=10)
    for axes, name in zip(panels[-1], COSTS.values(), strict=True):
        axes.set_xlabel(name)
    figure.supylabel("accuracy, deployed (units of SNR 5 or more)", fontsize=10)
    _legend(figure, panels[0, 0], {row["model"] for row in shown})
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _scatter(axes: Any, rows: list[Row], cost: str) -> None:
    points = []
    for row in rows:
        points.append((row[cost], row[ACCURACY]))
        axes.plot(*points[-1], "o", c=COLOURS[row["model"]], ms=6)
        text = _short(row["weight_bits"])
        axes.annotate(text, points[-1], xytext=(5, 4), textcoords="offset points", fontsize=7, c="0.35")
    best = front(points)
    axes.plot(*zip(*best, strict=True), "-", c="0.7", zorder=0) if best else None


def _short(bits: str) -> str:
    """8, or 8-4-8 for bits of each layer."""
    return bits.replace(", ", "-")


def _legend(figure: Any, axes: Any, models: Collection[str]) -> None:
    used = [model for model in COLOURS if model in models]
    handles = [axes.plot([], [], "o", c=COLOURS[model])[0] for model in used]
    (line,) = axes.plot([], [], c="0.7")
    names = [*used, "Pareto front; beside a point its weight bits"]
    figure.legend([*handles, line], names, loc="outside lower center", ncols=len(names), fontsize=9)


def main() -> None:
    rows: list[Row] = json.loads((RESULTS / "bits.json").read_text())["rows"]
    draw(summary(rows), ROOT / "docs" / "bits.svg")


if __name__ == "__main__":
    main()
