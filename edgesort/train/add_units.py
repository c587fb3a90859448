"""New units for a model that is in use: rows of its head are added, and nothing else of it changes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si
import torch
from torch import Tensor, nn

from edgesort.data.errors import DataError
from edgesort.data.recordings import check_recording
from edgesort.folders import refuse_existing
from edgesort.frontends.qonnx import load as load_graph
from edgesort.ops import Peak
from edgesort.train.card import describe_into
from edgesort.train.device import device_scores
from edgesort.train.labelled import labelled, run_folder, write_results
from edgesort.train.loop import fit, load_checkpoint
from edgesort.train.network import parameters
from edgesort.train.recipe import load, restore
from edgesort.train.sorter import RARE, choose, judge, write_model
from edgesort.train.targets import targets

ROWS_RATE = 2e-2  # of training: one layer alone, whose inputs stay as they are


def add_units(
    run: Path,
    recording: si.BaseRecording,
    sorting: si.BaseSorting,
    out: Path,
    labelled_s: float | None = None,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Train a row of the head for each unit of `sorting`; every value of the earlier rows stays as it is.

    run: of the model in use. Writes the folder `out` as train_sorter does. DataError if the recording has other
    channels, or a unit's name is taken.
    """
    refuse_existing(Path(out))
    content = load_checkpoint(run / "checkpoint.pt")
    old, before = restore(content), load_graph(run / "model.onnx")
    recipe = load(content["model"]).RECIPE
    recording = check_recording(recording, before)
    data = replace(labelled(recording, sorting, labelled_s), adc_exponent=content["adc_exponent"])
    picked = before.nodes[-1].op
    if not isinstance(picked, Peak):
        raise DataError(f"{run}: expected a model that ends in a Peak, found {picked.kind}; add units to a sorter")
    taken = sorted(set(before.labels) & set(data.labels[1:]))
    if taken:
        raise DataError(f"unit {taken[0]}: expected a new name, found one that {run} knows; rename it")
    schedule = replace(recipe.schedule, rate=ROWS_RATE).lasting(epochs)
    with run_folder(Path(out), resume) as partial:
        network, first = widened(old, content, len(data.trains)), 1 + content["units"]
        inputs = network.inputs(data.samples, data.frequency) * np.float32(data.gain)
        wanted = targets(data.trains, data.parts.train[1], recipe.picking.delay - recipe.smoothing, recipe.spread)
        part, rows = inputs[slice(*data.parts.train)], Rows(network, first)
        checkpoint = partial / "added.pt"
        losses = fit(rows, network.timing, part, wanted[1:], schedule, seed, checkpoint, resume, "added units")
        answers = device_scores(network, data, (*before.labels, *data.labels[1:]))[:, first:]
        chosen, reached = choose(data, answers, data.trains, recipe.picking, recipe.forms["quantized"].step)
        scored, chance = judge(data, answers, chosen, recipe.picking)
        thresholds = dict(zip(before.labels, picked.threshold, strict=True))
        thresholds |= dict(zip(data.labels[1:], chosen, strict=True))
        results: dict[str, Any] = {"model": recipe.name, "seed": seed, "epochs": schedule.epochs, "loss": losses}
        results |= {"units": list(thresholds)[1:], "added": list(data.labels[1:]), "split": data.parts.__dict__}
        results |= {"thresholds": {"quantized": thresholds}, "parameters": parameters(network)}
        results |= {"threshold_accuracy": {"quantized": dict(zip(data.labels[1:], reached, strict=True))}}
        results |= {"quantized": scored, "chance_quantized": chance}
        provenance = {"added_to": dict(before.provenance), "units": list(data.labels[1:]), "seed": seed}
        write_model(partial, recipe, network, data, thresholds, data.provenance() | provenance)
        write_results(partial, results)
        facts = {"source": "sorting", "added": list(data.labels[1:]), "to": run.name}
        (partial / "calibration.json").write_text(json.dumps(facts, indent=1) + "\n")
        describe_into(partial, recording, sorting)
    return results | {"calibration": facts}


def widened(old: nn.Module, content: dict[str, Any], more: int) -> Any:
    """The network with `more` rows in its head; all else, and the scale of the head's weights, is as it was."""
    network = load(content["model"]).NETWORK(content["channels"], content["units"] + more, **content["options"])
    given, first = dict(old.named_parameters()), 1 + content["units"]
    head = network.head
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.shape == given[name].shape:
                parameter.copy_(given[name])
        head.weight[:first], head.bias[:first] = given["head.weight"], given["head.bias"]
        head.bias[first:] = RARE
        limit = float(head.weight[:first].abs().max())

    def within(layer: nn.Module, _: Any) -> None:
        layer.weight.data[first:].clamp_(-limit, limit)

    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name in ("head.weight", "head.bias"))
    for parameter in (head.weight, head.bias):
        parameter.register_hook(lambda gradient: torch.cat([torch.zeros_like(gradient[:first]), gradient[first:]]))
    head.register_forward_pre_hook(within)
    return network


class Rows(nn.Module):
    """The added rows of a network alone, for training."""

    def __init__(self, network: Any, first: int) -> None:
        super().__init__()
        self.network, self.first = network, first

    def logits(self, x: Tensor) -> Tensor:
        rows: Tensor = self.network.logits(x)[:, self.first :]
        return rows
