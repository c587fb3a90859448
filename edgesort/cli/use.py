"""What is here, and what models and builds are used for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from edgesort.cli.shared import BuildFolder, Json, Out, Recording, app, table


@app.command()
def doctor(as_json: Json = False) -> None:
    """Tools present and missing, and which feature each serves."""
    from edgesort.doctor import examine

    tools = examine()
    missing = [t for t in tools if t["required"] and t["found"] is None]
    if as_json:
        print(json.dumps({"tools": tools, "missing": [t["name"] for t in missing]}))
        return
    keys = ("name", "found", "serves", "get")
    table([{key: t[key] for key in keys} for t in tools], "tools")
    for tool in missing:
        print(f"missing: {tool['name']}, so no {tool['serves']}; {tool['get']}")


@app.command()
def targets(as_json: Json = False) -> None:
    """Targets and boards."""
    from edgesort.targets import TARGETS

    rows: list[dict[str, Any]] = [{"name": t.name, "description": t.description, "limits": t.limits()} for t in TARGETS]
    if as_json:
        print(json.dumps({"targets": rows}))
        return
    table([{**row, "limits": ", ".join(f"{k} {v:,}" for k, v in row["limits"].items())} for row in rows], "targets")


@app.command()
def sort(
    model: Annotated[Path, typer.Argument(help="A build folder or a QONNX file.")],
    recording: Recording,
    out: Out,
    detector: Annotated[bool, typer.Option("--detector", help='Keep the detector\'s events as a unit "any".')] = False,
    phy: Annotated[Path | None, typer.Option(help="A new folder for Phy, too.")] = None,
    analyzer: Annotated[Path | None, typer.Option(help="A new folder for spikeinterface-gui, too.")] = None,
    device: Annotated[str | None, typer.Option(help='Of torch, say "cuda": the same integers, sooner.')] = None,
    as_json: Json = False,
) -> None:
    """Sort a recording with the exact graph, into a folder that spikeinterface.load reads."""
    from edgesort.check import open_graph
    from edgesort.data.phy import export_analyzer, export_phy
    from edgesort.data.recordings import load_recording
    from edgesort.folders import refuse_existing
    from edgesort.sort import save
    from edgesort.sort import sort as run

    exports = [(folder, export) for folder, export in ((phy, export_phy), (analyzer, export_analyzer)) if folder]
    for folder in (out, *(folder for folder, _ in exports)):
        refuse_existing(folder)
    samples = load_recording(recording)
    sorting = run(open_graph(model), samples, detector, device)
    save(sorting, out)
    for folder, export in exports:
        export(samples, sorting, folder)
    counts = {str(unit): int(n) for unit, n in sorting.count_num_spikes_per_unit(outputs="dict").items()}
    print(json.dumps({"out": str(out), "spikes": counts}) if as_json else f"{out}: {counts}")


@app.command()
def report(
    folder: BuildFolder,
    out: Annotated[
        Path | None, typer.Option(help="Where report.html and report.json go; the folder if not given.")
    ] = None,
) -> None:
    """Write report.html and report.json for a folder of results."""
    from edgesort.report import load_results, write_report

    write_report(load_results(folder), out or folder)
    print(out or folder / "report.html")


@app.command()
def demo(
    out: Out = Path("build/demo"),
    from_scratch: Annotated[bool, typer.Option("--from-scratch", help="Train from random weights.")] = False,
    seconds: Annotated[float, typer.Option(help="Length of the recording.")] = 120.0,
    seed: Annotated[int, typer.Option(help="Of the hybrid's spike times.")] = 3,
    as_json: Json = False,
) -> None:
    """The whole way once: recording, training, four targets, bit-exact checks, report."""
    from edgesort.demo import run

    result = run(out, from_scratch, seconds, seed)
    if as_json:
        print(json.dumps(result))
    raise typer.Exit(0 if result["equal"] else 1)
