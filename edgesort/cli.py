"""The command line. No logic: each command calls one function and prints what it returns.

Progress goes to stderr, one JSON object to stdout with --json. Exit 0: done. 1: a check failed.
2: bad input or a missing tool, with one line that says what was expected and found.
"""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

ABOUT = """From a neural recording to implant firmware and bitstreams, every output bit proven on recorded data.

Exit code 0: done. 1: a check failed. 2: bad input or a missing tool, with one line on stderr.
"""
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT)
data = typer.Typer(no_args_is_help=True, help="Recordings, with checksum and terms.")
app.add_typer(data, name="data")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Out = Annotated[Path, typer.Option(help="A new folder; it appears whole or not at all.")]
Recording = Annotated[Path, typer.Option(help="A SpikeInterface folder, WAV or numpy file of integers.")]
FromScratch = Annotated[bool, typer.Option("--from-scratch", help="Do not start from the shipped weights.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a stopped run.")]
Epochs = Annotated[int | None, typer.Option(help="The recipe's own number if not given.")]
BuildFolder = Annotated[Path, typer.Argument(help="A folder that `compile`, `train` or `demo` wrote.")]


def table(rows: list[dict[str, Any]], title: str) -> None:
    """Rows of one shape as a table on stdout."""
    shown = Table(title=title, title_justify="left")
    for column in rows[0]:
        shown.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        shown.add_row(*("-" if value is None else str(value) for value in row.values()))
    Console(markup=False).print(shown)


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


@data.command("list")
def data_list(as_json: Json = False) -> None:
    """Recordings with their terms, and whether they are on this machine."""
    from edgesort.data.catalog import catalog, present

    rows = [{"name": name, **facts, "present": present(name)} for name, facts in catalog().items()]
    if as_json:
        print(json.dumps({"recordings": rows}))
        return
    keys = ("name", "about", "licence", "present")
    table([{key: row.get(key) for key in keys} for row in rows], "recordings")


@data.command("get")
def data_get(
    name: Annotated[str, typer.Argument(help="A name that `data list` shows.")], as_json: Json = False
) -> None:
    """Find a recording here or download it, and check its checksums."""
    from edgesort.data.catalog import get

    files = [str(path) for path in get(name)]
    print(json.dumps({"name": name, "files": files}) if as_json else "\n".join(files))


@data.command("hybrid")
def data_hybrid(
    out: Out,
    background: Annotated[Path | None, typer.Option(help="A folder of N1 WAV files; the catalogue's if none.")] = None,
    templates: Annotated[Path | None, typer.Option(help="A file of templates; the catalogue's if none.")] = None,
    units: Annotated[int, typer.Option(help="How many units.")] = 4,
    snr: Annotated[list[float] | None, typer.Option(help="Peak over noise, once a unit.")] = None,
    seconds: float = 120.0,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """A recording with known spikes: real templates added to a real, quiet background."""
    from edgesort.data import catalog
    from edgesort.data.hybrid import SNRS, hybrid

    paths = sorted(background.glob("*.wav")) if background else catalog.get("neuralink_n1")
    shapes = templates or catalog.get_file("stark_templates", "units_000_099.npz")
    made = hybrid(paths, shapes, units, tuple(snr) if snr else SNRS[:units], seconds, seed=seed)
    made.save(out)
    print(json.dumps(made.facts) if as_json else made.headline(out))


@data.command("generate")
def data_generate(
    out: Out,
    channels: Annotated[int, typer.Option(help="1 to 128 or more, on a probe of two columns.")] = 4,
    units: Annotated[int, typer.Option(help="How many units.")] = 5,
    seconds: float = 120.0,
    seed: int = 0,
    bursts: Annotated[float, typer.Option(help="Share of spikes that open a burst of decaying amplitude.")] = 0.0,
    overlaps: Annotated[float, typer.Option(help="Share of spikes beside which another unit fires, in 1 ms.")] = 0.0,
    artefacts: Annotated[int, typer.Option(help="How many transients that all channels see.")] = 0,
    drift: Annotated[
        str | None, typer.Option(help="Units move: zigzag, bump or random_walk; without the three above.")
    ] = None,
    as_json: Json = False,
) -> None:
    """A recording with known spikes from SpikeInterface's generator."""
    from edgesort.data.drifting import generate

    made = generate(drift, channels, units, seconds, seed, bursts, overlaps, artefacts)
    made.save(out)
    print(json.dumps(made.facts) if as_json else made.headline(out))


@data.command("quiroga")
def data_quiroga(
    out: Out,
    condition: Annotated[str, typer.Option(help="easy1, easy2, difficult1 or difficult2, and _0.05 to _0.2.")],
    seconds: float = 60.0,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """One of the sixteen conditions of Quiroga's simulator: three similar units among many distant ones."""
    from edgesort.data.quiroga import quiroga

    made = quiroga(condition, seconds, seed)
    made.save(out)
    print(json.dumps(made.facts) if as_json else made.headline(out))


@app.command()
def train(
    name: Annotated[str, typer.Argument(help="A folder of models/, for instance cnn_sorter.")],
    recording: Recording,
    sorting: Annotated[Path, typer.Option(help="A SpikeInterface sorting folder: the labels.")],
    out: Out,
    from_scratch: FromScratch = False,
    resume: Resume = False,
    epochs: Epochs = None,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """Train a model on a recording with labels; half trains, a tenth sets thresholds, the rest is scored."""
    from edgesort.train.recipe import headline, run

    result = run(name, recording, sorting, out, from_scratch, resume, epochs, seed)
    print(json.dumps(result) if as_json else f"{out}/model.onnx: {headline(result)}")


@app.command()
def calibrate(
    recording: Recording,
    out: Out,
    sorting: Annotated[Path | None, typer.Option(help="Labels: SpikeInterface, Phy or Kilosort folder, NWB.")] = None,
    teacher: Annotated[str | None, typer.Option(help="An offline sorter that is run here: kilosort4, ...")] = None,
    self_supervised: Annotated[bool, typer.Option("--self-supervised", help="No labels at all.")] = False,
    recalibrate: Annotated[Path | None, typer.Option(help="An earlier run: its units, as they look now.")] = None,
    add_units: Annotated[Path | None, typer.Option(help="An earlier run that learns --sorting's units, too.")] = None,
    model: Annotated[str, typer.Option(help="A folder of models/.")] = "local_sorter",
    incomplete: Annotated[bool, typer.Option("--incomplete", help="Find the units' other spikes, too.")] = False,
    labelled: Annotated[float | None, typer.Option(help="Seconds from the start to learn from; six tenths.")] = None,
    probe: Annotated[Path | None, typer.Option(help="A probeinterface .json or a .prb file.")] = None,
    weight_bits: Annotated[str | None, typer.Option(help="2 to 8, for all layers or one a layer: 8,4,4,6.")] = None,
    from_scratch: FromScratch = False,
    resume: Resume = False,
    epochs: Epochs = None,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """From a recording to a model for its units: labels, training, and what float, integers and device make of it."""
    from edgesort.report import load_results, write_report
    from edgesort.train.ask import Asked, run

    asked = Asked(recording, sorting, teacher, self_supervised, recalibrate, add_units, incomplete, probe)
    result = run(asked, out, model, labelled, weight_bits, from_scratch, resume, epochs, seed)
    write_report(load_results(out), out)
    print(json.dumps(result) if as_json else f"{out}/model.onnx: {result['headline']}")


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
        str | None, typer.Option(help="Where an FPGA board gets its samples: uart, or spi from an amplifier chip.")
    ] = None,
    allow_timing_failure: Annotated[
        bool, typer.Option("--allow-timing-failure", help="Write also a bitstream that misses its clock.")
    ] = False,
    least: Annotated[
        str | None, typer.Option(help="What of an FPGA's design is to be the least: area or energy.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compile a model for a target: sources, artefact, costs."""
    from edgesort.build import compile
    from edgesort.check import for_channels, gated, open_model, prove_on, wanted
    from edgesort.report.explain import explain as explained
    from edgesort.report.picture import files, write
    from edgesort.targets.target import Options

    options = Options(clock, allow_overrun, input, allow_timing_failure, least)
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


def main() -> None:
    """Run a command; turn what can go wrong with input and tools into one line and exit code 2."""
    from edgesort.data.errors import DataError
    from edgesort.folders import FolderError
    from edgesort.frontends.errors import ModelError
    from edgesort.graph import GraphError
    from edgesort.targets.target import BuildError, ToolMissing

    try:
        app()
    except (DataError, FolderError, ModelError, GraphError, BuildError, ToolMissing) as error:
        print(f"edgesort: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
            raise
        print(f"edgesort: {error.filename or 'output'}: {error.strerror}; nothing was kept", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
