"""The pictures: trace with spikes, waveforms and intervals of each unit, scores, confusion, training.

Each function returns a matplotlib Figure; one colour a unit, grey for what belongs to no unit.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from edgesort.fixed import Array
from edgesort.report.results import STAGES, Confusion, Pictures, Scores
from edgesort.report.snippets import Span, busiest, drawn, inside, loudest, owners, snippets

Colours = Mapping[str, str]
INK, GREY, FAINT = "#1F2328", "#6B7280", "#EEF0F3"
STRETCH_S, ZOOM_S = 0.25, 0.015
SPIKE_S = 0.0006  # either side of a found spike, drawn in the unit's colour
DRAWN = 60  # single waveforms a unit
INTERVALS_MS = 100
STYLE = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "edgesort",
}
MARKERS = {"float": "o", "quantized": "D", "deployed": "o"}


def svg(figure: Figure) -> str:
    """The figure as SVG text; the same figure gives the same text."""
    buffer = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, bbox_inches="tight", pad_inches=0.03)
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def canvas(width: float, height: float, rows: int = 1, columns: int = 1, **grid: Any) -> tuple[Figure, Any]:
    """A figure in the report's style, in inches, and its axes [rows, columns]."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, squeeze=False, **grid)


def trace(pictures: Pictures, colours: Colours) -> Figure:
    """Raw and high-passed trace of STRETCH_S with true and found spikes, and ZOOM_S of it around an overlap."""
    figure, axes = canvas(10.2, 6.6, 5, height_ratios=[1.4, 0.4, 1.7, 0.4, 2.1])
    with mpl.rc_context(STYLE):
        draw_trace(pictures, colours, *axes[:, 0])
        figure.legend(handles=unit_lines(colours), loc="outside upper right", ncols=8, handlelength=1.2)
    return figure


def draw_trace(
    pictures: Pictures, colours: Colours, raw: Axes, ticks: Axes, filtered: Axes, zoom_ticks: Axes, zoom: Axes
) -> None:
    """The five rows of the trace, on given axes."""
    centre, channel, rate = busiest(pictures, STRETCH_S), loudest(pictures), pictures.sampling_frequency
    long, short = (Span.around(pictures, centre, seconds) for seconds in (STRETCH_S, ZOOM_S))

    def absolute(frame: Array) -> Array:
        return (frame + pictures.start) / rate

    def within(frame: Array) -> Array:
        return (frame - short.first) / rate * 1e3

    raw.plot(absolute(long.frames), pictures.frames[long.slice, channel], color=INK, lw=0.5)
    _limit(raw, absolute, long, "raw samples of the ADC")
    _spikes(filtered, pictures, long, channel, colours, absolute, 1.1)
    filtered.axvspan(*absolute(np.array([short.first, short.last])), color=FAINT, zorder=0)
    _ticks(ticks, pictures, long, colours, absolute)
    _limit(ticks, absolute, long, "behind the high-pass, spikes in the colour of the unit that was found")
    _limit(filtered, absolute, long, None, "time in the recording (s)")
    raw.tick_params(labelbottom=False)
    _spikes(zoom, pictures, short, channel, colours, within, 1.8)
    _ticks(zoom_ticks, pictures, short, colours, within)
    _limit(zoom_ticks, within, short, f"the shaded {ZOOM_S * 1e3:g} ms")
    _limit(zoom, within, short, None, "time (ms)")
    for axis in (raw, filtered, zoom):
        axis.set_ylabel("ADC counts")


def waveforms(pictures: Pictures, colours: Colours) -> Figure:
    """For each unit: its found spikes, their mean and spread over the mean of the true ones; intervals below."""
    columns = max(1, len(colours))
    figure, axes = canvas(min(10.2, 2.6 * columns + 0.4), 4.0, 2, columns, sharey="row", height_ratios=[2.2, 1])
    for (name, colour), (top, bottom) in zip(colours.items(), axes.T, strict=True):
        found, true = (drawn(pictures, trains.get(name)) for trains in (pictures.found, pictures.truth))
        _waveform(top, pictures, found, true, name, colour)
        _intervals(bottom, pictures, found, true, colour)
    axes[0, 0].set_ylabel("ADC counts")
    axes[1, 0].set_ylabel("intervals")
    with mpl.rc_context(STYLE):
        found_line = Line2D([], [], color=GREY, lw=2, label="found: mean, spread (sd), single spikes")
        true_line = Line2D([], [], color=INK, lw=1.2, ls=(0, (3, 2)), label="true")
        figure.legend(handles=[found_line, true_line], loc="outside upper right", ncols=2)
    return figure


def accuracy(stages: Mapping[str, Scores], colours: Colours) -> Figure:
    """Accuracy of each unit, the one of highest SNR on top: float, quantized, deployed."""
    units = sorted(
        {name: row["snr"] for scores in stages.values() for name, row in scores["units"].items()}.items(),
        key=lambda item: item[1],
    )
    figure, axes = canvas(5.0, 0.55 + 0.38 * max(2, len(units)))
    axis = axes[0, 0]
    for y, (name, _) in enumerate(units):
        axis.axhline(y, color=FAINT, lw=0.8, zorder=0)
        for lane, (stage, scores) in enumerate(stages.items()):
            if name not in scores["units"]:
                continue
            face = colours[name] if stage == "deployed" else "white"
            height = y + 0.22 * (len(stages) // 2 - lane)
            axis.plot(
                scores["units"][name]["accuracy"], height, MARKERS[stage], ms=6, mfc=face, mec=colours[name], mew=1.3
            )
    axis.set_yticks(range(len(units)), [f"{name}  (SNR {snr:.1f})" for name, snr in units], color=INK)
    axis.set(xlabel="accuracy", xlim=(None, 1.004), ylim=(-0.6, len(units) - 0.4))
    axis.grid(axis="x", color=FAINT)
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0)
    with mpl.rc_context(STYLE):
        handles = [
            Line2D([], [], ls="", marker=MARKERS[s], mec=GREY, mfc=GREY if s == "deployed" else "white", label=s)
            for s in STAGES
            if s in stages
        ]
        figure.legend(handles=handles, loc="outside upper right", ncols=3, handletextpad=0.2)
    return figure


def confusion(matrix: Confusion, colours: Colours) -> Figure:
    """Counts; the darkness of a cell is its share of its row."""
    counts = np.array(matrix["counts"])
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure, axes = canvas(0.9 + 0.78 * counts.shape[1], 0.6 + 0.42 * counts.shape[0])
    axis = axes[0, 0]
    axis.imshow(share, cmap=mpl.colors.LinearSegmentedColormap.from_list("ink", ["white", "#3B4A63"]), vmin=0, vmax=1)
    axis.set_aspect("auto")
    for (row, column), count in np.ndenumerate(counts):
        tone = "white" if share[row, column] > 0.5 else (INK if count else "#B6BCC4")
        axis.text(column, row, f"{count:,}", ha="center", va="center", color=tone)
    axis.xaxis.tick_top()
    for ticks, names in ((axis.xaxis, matrix["found"]), (axis.yaxis, matrix["true"])):
        ticks.set_ticks(range(len(names)), names)
        for label in ticks.get_ticklabels():
            label.set_color(colours.get(label.get_text(), GREY))
    axis.set(ylabel="true unit")
    axis.set_xlabel("found as", loc="left", labelpad=6)
    axis.xaxis.set_label_position("top")
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    return figure


def training(curves: Mapping[str, list[float]]) -> Figure:
    """Each recorded curve (loss, accuracy) in a panel of its own, against epochs."""
    figure, axes = canvas(4.6 * len(curves), 2.3, 1, len(curves))
    for axis, (name, values) in zip(axes[0], curves.items(), strict=True):
        axis.plot(np.arange(1, len(values) + 1), values, color=INK, lw=1.2, marker="." if len(values) < 40 else "")
        axis.set_title(name, fontsize=9.5, loc="left", color=INK)
        axis.set_xlabel("epoch")
        axis.grid(axis="y", color=FAINT)
        axis.xaxis.get_major_locator().set_params(integer=True)
    return figure


def unit_lines(colours: Colours) -> list[Line2D]:
    """Legend handles, one a unit."""
    return [Line2D([], [], color=colour, lw=2.5, label=name) for name, colour in colours.items()]


def _limit(
    axis: Axes, time: Callable[[Array], Array], span: Span, title: str | None, xlabel: str | None = None
) -> None:
    axis.set_xlim(*time(np.array([span.first, span.last - 1])))
    if title:
        axis.set_title(title, fontsize=9.5, loc="left", color=INK)
    if xlabel:
        axis.set_xlabel(xlabel)


def _spikes(
    axis: Axes,
    pictures: Pictures,
    span: Span,
    channel: int,
    colours: Colours,
    time: Callable[[Array], Array],
    width: float,
) -> None:
    """The high-passed trace in grey; near a found spike, and nearer to it than to another, in its unit's colour."""
    axis.plot(time(span.frames), pictures.filtered[span.slice, channel], color="#9AA1AB", lw=0.5 * width)
    owner = owners(pictures, span, round(SPIKE_S * pictures.sampling_frequency))
    signal = pictures.filtered[span.slice, channel].astype(float)
    for index, name in enumerate(pictures.found):
        own = owner == index
        joined = own | np.roll(own, 1)  # up to the next one's first sample, so that colours meet
        axis.plot(time(span.frames), np.where(joined, signal, np.nan), color=colours[name], lw=width)


def _ticks(axis: Axes, pictures: Pictures, span: Span, colours: Colours, time: Callable[[Array], Array]) -> None:
    """Two rows of ticks: true spikes above found ones."""
    for row, trains in ((1, pictures.truth), (0, pictures.found)):
        for name, train in trains.items():
            spikes = time(inside(train, pictures, span))
            axis.vlines(spikes, row + 0.12, row + 0.88, color=colours[name], lw=2)
    axis.set_yticks([1.5, 0.5], ["true", "found"], color=INK)
    axis.set_ylim(0, 2)
    axis.tick_params(length=0, labelbottom=False)
    axis.spines[:].set_visible(False)


def _waveform(axis: Axes, pictures: Pictures, found: Array, true: Array, name: str, colour: str) -> None:
    time, spikes = snippets(pictures, found)
    _, wanted = snippets(pictures, true)
    if len(spikes):
        few = np.random.default_rng(0).permutation(len(spikes))[:DRAWN]
        lines = [np.column_stack([time, spike]) for spike in spikes[few]]
        axis.add_collection(LineCollection(lines, colors=colour, lw=0.3, alpha=0.25))
        mean, spread = spikes.mean(0), spikes.std(0)
        axis.fill_between(time, mean - spread, mean + spread, color=colour, alpha=0.2, lw=0)
        axis.plot(time, mean, color=colour, lw=2)
    if len(wanted):
        axis.plot(time, wanted.mean(0), color=INK, lw=1.2, ls=(0, (3, 2)))
    axis.set_title(name, color=colour, fontweight="bold", loc="left")
    axis.set_title(f"{len(found):,} found, {len(true):,} true", color=GREY, fontsize=8, loc="right")
    axis.set(xlabel="ms", xlim=(time[0], time[-1]))


def _intervals(axis: Axes, pictures: Pictures, found: Array, true: Array, colour: str) -> None:
    bins = list(range(0, INTERVALS_MS + 1, 2))
    found_ms, true_ms = (np.diff(np.sort(train)) / pictures.sampling_frequency * 1e3 for train in (found, true))
    axis.hist(found_ms, bins, color=colour, alpha=0.45)
    axis.hist(true_ms, bins, histtype="step", color=INK, lw=0.8)
    axis.set(xlabel="interval between spikes (ms)", xlim=(0, INTERVALS_MS))
