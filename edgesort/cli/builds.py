"""From models to builds, and what they are worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from edgesort.cli.shared import BuildFolder, Json, app, table


@app.command("compile")
def compile_(
    model: Annotated[Path, typer.Argument(help="A QONNX file, or one that ends in .nir.")],
    target: Annotated[str | None, typer.Option(help="A name that `targets` shows.")] = None,
    out: Annotated[Path | None, typer.Option(help="A new folder; it appears whole or not at all.")] = None,
    recording: Annotated[
        Path | None, typer.Option(help="Recorded samples: the import is proven on them, and the build keeps them.")
    ] = None,
    sampling_frequency: Annotated[float | None, typer.Option(help="In Hz, for a model that does not state it.")] = None,
    term: Annotated[
        list[str], typer.Option(help="NAME=VALUE that a NIR file does not say: samples=u1, membrane=i24*2^-14, snap=8.")
    ] = [],  # noqa: B006
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show what the passes did and what each node costs; works without a target."),
    ] = False,
    svg: Annotated[Path | None, typer.Option(help="With --explain: the picture, and a .json beside it.")] = None,
    gate: Annotated[
        str | None,
        typer.Option(help="Compute only around events: NODE>INTEGER, or multiples of the recording's noise."),
    ] = None,
    gate_before: Annotated[int | None, typer.Option(help="Frames before one above the gate's level.")] = None,
    gate_after: Annotated[int | None, typer.Option(help="Frames after it.")] = None,
    channels: Annotated[
        int | None, typer.Option(help="Apply a network of one channel to each of so many, with shared weights.")
    ] = None,
    clock: Annotated[
        float | None, typer.Option(help="Of a microcontroller or an FPGA, in Hz, to keep up at; its own if not given.")
    ] = None,
    allow_overrun: Annotated[
        bool, typer.Option("--allow-overrun", help="Build also what a microcontroller cannot keep up with.")
    ] = False,
    input: Annotated[
        str | None,
        typer.Option(help="Where an FPGA board gets samples: uart, spi (an amplifier chip) or link (docs/link.md)."),
    ] = None,
    allow_timing_failure: Annotated[
        bool, typer.Option("--allow-timing-failure", help="Write also a bitstream that misses its clock.")
    ] = False,
    least: Annotated[
        str | None, typer.Option(help="What of an FPGA's design is to be the least: area or energy.")
    ] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="With --input link: logic that sends each node's values to hil --trace.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compile a model for a target: sources, artefact, costs."""
    from edgesort.build import compile
    from edgesort.check import for_channels, gated, open_model, prove_on, wanted
    from edgesort.report.explain import explain as explained
    from edgesort.report.picture import files, write
    from edgesort.targets.target import Options

    options = Options(clock, allow_overrun, input, allow_timing_failure, least, trace)
    chosen = wanted(target, out, explain, options)
    graph = for_channels(open_model(model, sampling_frequency, term), channels)
    samples = prove_on(model, graph, recording) if recording and (chosen or gate) else None
    graph = gated(graph, gate, samples, gate_before, gate_after)
    made = explained(graph, chosen and chosen.suited(graph)) if explain else None
    if made is not None and svg is not None:
        write(made, svg)
    if made is not None and not as_json:
        table(made.passes(), "passes")
        table(made.nodes(), "nodes, an input frame")
        table(made.folding(), f"cycles of an input frame's {made.budget} at {made.clock / 1e6:g} MHz")
        print("\n".join(made.sums()))
    if chosen is None or out is None:
        if made is not None and as_json:
            print(json.dumps(made.to_json()))
        return
    notes = files(made) if made else None
    build = compile(graph, chosen.name, out, model, samples, notes, options)
    if as_json:
        print(json.dumps(build.manifest))
        return
    print(graph.text(), end="")
    print("".join(f"gate: {about}\n" for key, about in graph.provenance if key == "gate"), end="")
    table([{"cost": key, "value": value} for key, value in build.manifest["costs"].items()], str(out))


@app.command()
def verify(
    build: BuildFolder,
    recording: Annotated[Path | None, typer.Option(help="Recorded samples; the build's own if none.")] = None,
    frames: Annotated[Path | None, typer.Option(help="A .npz file of segments, int16 [frames, channels] each.")] = None,
    executors: Annotated[str, typer.Option(help="Names with commas between; all if none.")] = "",
    as_json: Json = False,
) -> None:
    """Compare every value that a build computes with the reference, on recorded data."""
    from edgesort.check import verify_folder

    names = tuple(name for name in executors.split(",") if name)
    verdicts = verify_folder(build, recording, frames, names)
    equal = all(v.equal for v in verdicts)
    if as_json:
        print(json.dumps({"equal": equal, "executors": [v.to_json() for v in verdicts]}))
    else:
        keys = ("name", "equal", "frames", "values", "mismatches", "first_mismatch", "missing")
        table([{key: getattr(v, key) for key in keys} for v in verdicts], "EQUAL" if equal else "NOT EQUAL")
    raise typer.Exit(0 if equal else 1)


@app.command()
def flash(build: BuildFolder) -> None:
    """Write a build for a board to it: firmware through pyocd, bitstreams through openFPGALoader or iceprog."""
    from edgesort.build import flash as run

    run(build)
    print(f"{build}: written")
