"""From recordings to models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from edgesort.cli.shared import Epochs, FromScratch, Json, Out, Recording, Resume, app


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
    motion: Annotated[float | None, typer.Option(help="Sort while the probe moves by so many um.")] = None,
    overlaps: Annotated[float | None, typer.Option(help="Spikes a second of each unit to add in training.")] = None,
    from_scratch: FromScratch = False,
    resume: Resume = False,
    epochs: Epochs = None,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """From a recording to a model for its units: labels, training, and what float, integers and device make of it."""
    from edgesort.report import load_results, write_report
    from edgesort.train.ask import Asked, run
    from edgesort.train.augmentation import Augmentation

    added = Augmentation(motion, overlaps)
    asked = Asked(recording, sorting, teacher, self_supervised, recalibrate, add_units, incomplete, probe)
    result = run(asked, out, model, labelled, weight_bits, from_scratch, resume, epochs, seed, added)
    write_report(load_results(out), out)
    print(json.dumps(result) if as_json else f"{out}/model.onnx: {result['headline']}")
