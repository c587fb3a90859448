"""The pictures of a calibration: of each unit template, occlusion, intervals and drift; accuracy over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from edgesort.report.figures import FAINT, GREY, INK, STYLE, Colours, canvas, unit_lines
from edgesort.report.results import COLOURS

TRAINED, CHOSE = "#E3E7EE", "#F3E9D2"  # behind blocks that training, or the choice of thresholds, saw
LANE = 0.9  # of the distance between two channels' lanes that the largest template takes


def unit(described: Mapping[str, Any], name: str, colour: str) -> Figure:
    """A row: templates over what the score rests on; intervals; amplitude, position and spikes over time."""
    own = described["units"][name]
    trends = _trends(described, own)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10.2, 2.9), layout="constrained")
        grid = figure.add_gridspec(len(trends), 3, width_ratios=[1.45, 1, 1.35])
        _template(figure.add_subplot(grid[:, 0]), described, own, name, colour)
        _intervals(figure.add_subplot(grid[:, 1]), described, own, colour)
        for row, (title, values) in enumerate(trends.items()):
            last = row == len(trends) - 1
            _trend(figure.add_subplot(grid[row, 2]), described, title, values, colour, last)
    return figure


def over_time(described: Mapping[str, Any], split: Mapping[str, Any], colours: Colours) -> Figure:
    """Accuracy of the device in blocks of the labelled part: the mean, and each unit."""
    blocks, rate = described["over_time"], described["recording"]["sampling_frequency"]
    centre = [(block["frames"][0] + block["frames"][1]) / 2 / rate for block in blocks]
    figure, axes = canvas(10.2, 2.6)
    axis = axes[0, 0]
    names = list(blocks[0]["units"])
    for name in names:
        values = [_gap(block["units"][name]) for block in blocks]
        axis.plot(centre, values, color=colours.get(name, GREY), lw=1, marker=".", ms=4, alpha=0.8)
    axis.plot(centre, [_gap(block["mean"]) for block in blocks], color=INK, lw=2.2, marker="o", ms=4)
    end = blocks[-1]["frames"][1] / rate
    for part, tone in (("train", TRAINED), ("threshold", CHOSE)):
        if part in split:
            first, last = (frame / rate for frame in split[part])
            axis.axvspan(min(first, end), min(last, end), color=tone, lw=0, zorder=0)
    axis.set(xlabel="time in the recording (s)", ylabel="accuracy", xlim=(0, end), ylim=(0, 1.02))
    axis.grid(axis="y", color=FAINT)
    with mpl.rc_context(STYLE):
        handles: list[Any] = [Line2D([], [], color=INK, lw=2.2, marker="o", ms=4, label="mean")]
        handles += unit_lines({name: colours.get(name, GREY) for name in names}) if len(names) <= len(COLOURS) else []
        handles += [Patch(color=TRAINED, label="trained on"), Patch(color=CHOSE, label="chose thresholds")]
        figure.legend(handles=handles, loc="outside upper right", ncols=8, handlelength=1.2)
    return figure


def _template(axis: Axes, described: Mapping[str, Any], own: Mapping[str, Any], name: str, colour: str) -> None:
    """A lane a channel, the strongest on top: the mean waveform; behind it how much the score falls without a piece."""
    lanes = np.array(own["template"])
    at = described["template_ms"]
    time = at["first"] + at["step"] * np.arange(lanes.shape[1])
    height = np.ptp(lanes, axis=1).max() / LANE or 1.0
    places = -np.arange(len(lanes), dtype=float)
    middle = (lanes[0].max() + lanes[0].min()) / 2
    told = f"SNR {own['snr']:.1f}"
    if own["occlusion"]:
        fall, score = np.maximum(own["occlusion"]["fall"], 0), own["occlusion"]["score"]
        shades = LinearSegmentedColormap.from_list("fall", ["white", colour])
        pieces = np.array(described["pieces_ms"])
        step = pieces[1] - pieces[0]
        edges = np.append(pieces - step / 2, pieces[-1] + step / 2)
        rows = np.append(places + 0.5, places[-1] - 0.5)
        axis.pcolormesh(edges, rows, fall, cmap=shades, vmin=0, vmax=max(score, 1e-9), alpha=0.55, lw=0)
        told += f", score {score:.2f}, falls by {fall.max():.2f} at most"
    for lane, place in zip(lanes, places, strict=True):
        axis.plot(time, place + (lane - middle) / height, color=INK, lw=1.3)
    if described["window_ms"]:
        for edge in described["window_ms"]:
            axis.axvline(edge, color=GREY, lw=0.8, ls=(0, (3, 2)))
    axis.set_yticks(places, [f"ch {channel}" for channel in own["channels"]], color=INK)
    axis.set(xlabel="ms", xlim=(time[0], time[-1]), ylim=(places[-1] - 0.52, 0.52))
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    _scale_bar(axis, time[-1], height, described["recording"]["amplitudes_in"])
    axis.set_title(name, color=colour, fontweight="bold", loc="left")
    axis.set_title(told, color=GREY, fontsize=8, loc="right")


def _scale_bar(axis: Axes, right: float, height: float, unit_name: str) -> None:
    """A round amplitude of about a third of a lane, at the right edge."""
    power = 10.0 ** np.floor(np.log10(height / 3))
    size = power * max(k for k in (1, 2, 5) if k * power <= height / 3)
    x, low = right * 0.985, -0.42
    axis.plot([x, x], [low, low + size / height], color=INK, lw=2, solid_capstyle="butt")
    axis.text(x - 0.04, low, f"{size:g} {unit_name}", ha="right", va="bottom", fontsize=7.5, color=GREY)


def _intervals(axis: Axes, described: Mapping[str, Any], own: Mapping[str, Any], colour: str) -> None:
    edges, counts = described["intervals_ms"], own["intervals"]["counts"]
    axis.stairs(counts, edges, fill=True, color=colour, alpha=0.45)
    labels = own["labels"]
    if labels:
        axis.stairs(labels["intervals"]["counts"], edges, color=INK, lw=0.8)
    axis.axvspan(0, described["refractory_ms"], color=FAINT, zorder=0)
    axis.set(xlabel="interval between spikes (ms)", xlim=(edges[0], edges[-1]))
    share = own["intervals"]["violations"]
    told = "no interval" if share is None else f"{100 * share:.2g} % under {described['refractory_ms']:g} ms"
    axis.set_title(told, color=GREY, fontsize=8, loc="right")


def _trends(described: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """What is drawn over time, by its title; a position only where there is a probe."""
    over, facts = own["over_time"], described["recording"]
    found = {f"amplitude ({facts['amplitudes_in']})": over["amplitude"]}
    if over["position_um"]:
        found["position (µm)"] = over["position_um"]
    seconds = facts["frames"] / facts["sampling_frequency"] / facts["bins"]
    return found | {"spikes a second": [count / seconds for count in over["spikes"]]}


def _trend(
    axis: Axes, described: Mapping[str, Any], title: str, values: list[float | None], colour: str, last: bool
) -> None:
    facts = described["recording"]
    seconds = facts["frames"] / facts["sampling_frequency"]
    centre = (np.arange(facts["bins"]) + 0.5) * seconds / facts["bins"]
    axis.plot(centre, [_gap(value) for value in values], color=colour, lw=1.2, marker=".", ms=4)
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if title.startswith("position"):
        axis.set_ylim((low + high) / 2 - max(10, high - low), (low + high) / 2 + max(10, high - low))
    else:
        axis.set_ylim(0, 1.25 * high or 1)
    axis.set_xlim(0, seconds)
    axis.set_title(title, fontsize=8, color=GREY, loc="left", pad=2)
    axis.grid(axis="y", color=FAINT)
    axis.tick_params(labelbottom=last)
    if last:
        axis.set_xlabel("time in the recording (s)")


def _gap(value: float | None) -> float:
    return np.nan if value is None else value
