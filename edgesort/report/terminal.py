"""The report's tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from edgesort.report.results import STAGES, Report, ReportResults, colours, headline_mismatch, ran, why
from edgesort.report.text import at, costs, number


def print_report(results: ReportResults, console: Console) -> None:
    """Print what the recording is, the tables, and the verdict."""
    report = results.report
    recording = report["recording"]
    if ran(recording):
        console.print(f"[bold]{recording['origin'].capitalize()}.[/] {recording['headline']}", highlight=False)
    else:
        console.print(f"Recording {why(recording)}")
    for table in tables(results):
        console.print(table)
    mismatch = headline_mismatch(report["checks"])
    if mismatch:
        console.print(Text(f"NOT EQUAL  {mismatch}", style="bold red"))
    elif report["equal"]:
        values = sum(check["values"] for check in report["checks"])
        console.print(Text(f"equal: {values:,} values, not one mismatch", style="bold green"))
    else:
        console.print(Text("bit equality was not checked", style="bold yellow"))


def tables(results: ReportResults) -> Iterator[Table]:
    """Accuracy, bit equality, latency and costs."""
    report = results.report
    yield from _accuracy(report, colours(results))
    yield _checks(report)
    yield from _latency(report)
    yield _costs(report)


def _table(title: str, *columns: str, numbers: int) -> Table:
    """A plain table whose last `numbers` columns are numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index >= len(columns) - numbers else "left")
    return table


def _accuracy(report: Report, unit_colours: dict[str, str]) -> Iterator[Table]:
    accuracy = report["accuracy"]
    stages = {name: stage for name in STAGES if name in accuracy and ran(stage := accuracy[name])}
    if not stages:
        return
    last = list(stages)[-1]
    columns = ("unit", "SNR", "spikes", *stages, "precision", "recall", "recall overlapping")
    table = _table(f"Accuracy (the last three: {last})", *columns, numbers=len(columns) - 1)
    for name, row in stages[last]["units"].items():
        found = [number(s["units"][name]["accuracy"], digits=3) if name in s["units"] else "–" for s in stages.values()]
        rest = [number(row[key], digits=3) for key in ("precision", "recall", "recall_overlapping")]
        unit = Text(f"● {name}", style=unit_colours[name])
        table.add_row(unit, number(row["snr"], digits=1), number(row["spikes"]), *found, *rest)
    table.add_row("mean", "", "", *(number(s["mean_accuracy"], digits=3) for s in stages.values()), "", "", "")
    yield table


def _checks(report: Report) -> Table:
    table = _table("Bit equality", "target", "executor", "verdict", "frames", "values", "mismatches", numbers=3)
    for check in report["checks"]:
        verdict = Text("equal", style="green") if check["equal"] else Text("NOT EQUAL", style="bold red")
        counts = [number(check[key]) for key in ("frames", "values", "mismatches")]
        table.add_row(check["target"], check["name"], verdict, *counts)
    for target, reason in report["not_checked"].items():
        table.add_row(target, "", Text(f"not run: {reason}", style="yellow"), "", "", "")
    return table


def _latency(report: Report) -> Iterator[Table]:
    latency = report["latency"]
    if not ran(latency):
        return
    table = _table("Latency", "from a spike's peak to its event", "samples", "µs", numbers=2)
    for name, part in (("window", "window"), ("peak look-ahead", "peak"), ("together", "event")):
        table.add_row(name, number(at(report, f"latency/{part}_samples")), number(at(report, f"latency/{part}_us")))
    for target, value in latency["compute_us"].items():
        table.add_row(f"computing after the last sample, {target}", "", number(value))
    yield table


def _costs(report: Report) -> Table:
    """What each build costs; sources, which are lists, are in the manifest and in report.html."""
    table = _table("Costs", "target", "", "", numbers=1)
    for target, build in report["builds"].items():
        if not ran(build):
            table.add_row(target, "", Text(why(build), style="yellow"))
            continue
        stated = [cost for cost in costs(report, target) if not isinstance(at(report, cost.path), list)]
        for cost in stated:
            limit = f" of {number(at(report, cost.limit))}" if cost.limit else ""
            value = number(at(report, cost.path), cost.scale)
            table.add_row(target, cost.label, f"{value} {cost.unit}".strip() + limit)
    return table
