"""report.html and report.json: one self-contained page, every number of it read from the JSON beside it."""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from edgesort.report import figures, units
from edgesort.report.calibration import tables
from edgesort.report.results import (
    STAGES,
    Pictures,
    Report,
    ReportResults,
    colours,
    headline_mismatch,
    ran,
)
from edgesort.report.text import at, costs, number, step

NODE = re.compile(r"^  (?P<name>\w+): (?P<stream>\S+) = (?P<kind>\w+)", re.MULTILINE)


def write_report(results: ReportResults, out: Path) -> None:
    """Write `out`/report.html and `out`/report.json; `out` exists. Each file appears whole or not at all."""
    _replace(out / "report.json", json.dumps(results.report, indent=1) + "\n")
    _replace(out / "report.html", render(results))


def render(results: ReportResults) -> str:
    """The page as text, without a reference to anything outside it."""
    report, unit_colours = results.report, colours(results)
    environment = Environment(
        loader=PackageLoader("edgesort.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["step"] = step
    graph = report["graph"] if isinstance(report["graph"], str) else ""
    return environment.get_template("report.html.j2").render(
        report=report,
        stages=[stage for stage in STAGES if stage in report["accuracy"]],
        images=images(results),
        no_pictures=None if isinstance(results.pictures, Pictures) else results.pictures["not_run"],
        colours=unit_colours,
        mismatch=headline_mismatch(report["checks"]),
        nodes=[match.groupdict() for match in NODE.finditer(graph)],
        ran=ran,
        tables=tables,
        costs=lambda target: list(costs(report, target)),
        v=lambda path, digits=None, scale=1.0: _value(report, path, digits, scale),
        at=lambda path: at(report, path),
    )


def images(results: ReportResults) -> dict[str, Markup]:
    """The pictures that can be drawn from what there is, by name, as the src of an <img>."""
    report, unit_colours = results.report, colours(results)
    drawn = {}
    if isinstance(results.pictures, Pictures):
        drawn["trace"] = figures.trace(results.pictures, unit_colours)
        drawn["waveforms"] = figures.waveforms(results.pictures, unit_colours)
    stages = {stage: scores for stage, scores in report["accuracy"].items() if ran(scores)}
    if stages:
        drawn["accuracy"] = figures.accuracy(stages, unit_colours)
        last = next(stage for stage in reversed(STAGES) if stage in stages)
        drawn["confusion"] = figures.confusion(stages[last]["confusion"], unit_colours)
    calibration = report["calibration"]
    if ran(calibration):
        described = calibration["described"]
        drawn |= {f"unit {name}": units.unit(described, name, unit_colours[name]) for name in described["units"]}
        if described["over_time"]:
            drawn["over_time"] = units.over_time(described, calibration["split"], unit_colours)
    curves = {name: values for name, values in training_curves(report).items() if len(values) > 1}
    if curves:
        drawn["training"] = figures.training(curves)
    return {name: _source(figures.svg(figure)) for name, figure in drawn.items()}


def training_curves(report: Report) -> dict[str, list[float]]:
    """The lists of numbers that training recorded, one an epoch."""
    recorded: dict[str, Any] = dict(report["training"])
    lists = {name: values for name, values in recorded.items() if isinstance(values, list)}
    return {name: values for name, values in lists.items() if all(isinstance(v, int | float) for v in values)}


def _source(svg: str) -> Markup:
    return Markup("data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode())


def _value(report: Report, path: str, digits: int | None, scale: float) -> Markup:
    """A number with the path at which report.json holds it."""
    scaled = Markup(' data-scale="{}"').format(scale) if scale != 1 else ""
    return Markup('<span data-path="{}"{}>{}</span>').format(
        path, scaled, escape(number(at(report, path), scale, digits))
    )


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink()
        raise
