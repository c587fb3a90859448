"""Train a network that scores each unit, choose its thresholds, score its events: what all sorters' recipes share.

The first half of the recording trains, the next tenth chooses thresholds, the rest is scored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import spikeinterface.core as si
import torch
from torch import nn

from edgesort.data.manifest import manifest
from edgesort.data.scoring import score
from edgesort.fixed import Array
from edgesort.folders import refuse_existing
from edgesort.train.augmentation import AS_RECORDED, Augmentation
from edgesort.train.device import device_scores
from edgesort.train.events import Picking, choose_thresholds, spikes
from edgesort.train.execute import scores
from edgesort.train.export import export
from edgesort.train.frontend import highpass
from edgesort.train.labelled import Labelled, labelled, run_folder, write_results
from edgesort.train.loop import Schedule, fit, log, save_checkpoint
from edgesort.train.motion import motion
from edgesort.train.network import Network, parameters
from edgesort.train.overlaps import overlaps
from edgesort.train.pretrained import labels as known
from edgesort.train.pretrained import load_weights
from edgesort.train.targets import SPREAD, targets

RARE = -4.0  # spikes are rare: a new head begins with "none"
FEWEST = 5  # spikes of a unit to choose a threshold by
THRESHOLDS = np.arange(1 / 16, 15.5, 1 / 8)  # logits that are tried


@dataclass(frozen=True)
class Form:
    """One form of a network. kind(channels, units) makes it; a quantized one takes bits=, too: of the weights, of all
    layers or of each. inputs: its front end, (samples, frequency) -> float32. step: of its integer scores, in logits.
    begin: what it learns before, (network, data, inputs of the part that trains, seed), if anything.
    """

    kind: Any
    inputs: Callable[[Array, float], Array]
    step: float
    begin: Callable[[Any, Labelled, Array, int], None] | None = None


@dataclass(frozen=True)
class SorterRecipe:
    """What a sorter's recipe chooses.

    forms: those that are trained, in order; "quantized" is exported. spread: samples around spike + delay for which a
    score shall be high. smoothing: samples by which the scores are later than what training sees. again: the schedule
    from the weights of the file `shipped`, where that is there and knows the same units. after_float: the schedule of
    the quantized form where it begins with the weights of the float one. detector: row 0 is all that the network has.
    """

    name: str
    forms: Mapping[str, Form]
    picking: Picking
    schedule: Schedule
    weight_bits: int
    spread: tuple[int, int] = SPREAD
    smoothing: int = 0
    again: Schedule | None = None
    after_float: Schedule | None = None
    shipped: Path | None = None
    detector: bool = False

    def learns(self, data: Labelled) -> Labelled:
        """What of the labels the network is to say: each unit, or that there is a spike."""
        return data.detected() if self.detector else data


def train_sorter(
    recipe: SorterRecipe,
    recording: si.BaseRecording,
    sorting: si.BaseSorting,
    out: Path,
    from_scratch: bool = False,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
    labelled_s: float | None = None,
    weight_bits: int | tuple[int, ...] | None = None,
) -> dict[str, Any]:
    """Train on `recording` (integers) with the labels `sorting`; write the folder `out`; return the results.

    labelled_s: seconds from the start whose labels may be used; six tenths of the recording if not given.
    weight_bits: of all layers, or one number a layer; the recipe's own if not given.

    `out` holds model.onnx, results.json, checkpoint.pt (the network to restore), and <form>.pt (the last state of
    training). Until all of it is there, the folder is called out.partial; after a kill or Ctrl-C, `resume` goes on
    from the states in it.
    """
    refuse_existing(Path(out))
    data = recipe.learns(labelled(recording, sorting, labelled_s))
    with run_folder(Path(out), resume) as partial:
        return train_into(partial, recipe, data, from_scratch, resume, epochs, seed, weight_bits)


def train_into(
    folder: Path,
    recipe: SorterRecipe,
    data: Labelled,
    from_scratch: bool = False,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
    weight_bits: int | tuple[int, ...] | None = None,
    augmentation: Augmentation = AS_RECORDED,
) -> dict[str, Any]:
    """What train_sorter does with `data`, of which the recipe says what it learns, into the unfinished run `folder`."""
    began = time.monotonic(), time.process_time()
    torch.set_num_threads(1)  # as fast alone for layers this small, ten times as fast beside other work
    shipped = None if from_scratch or recipe.shipped is None or not recipe.shipped.is_file() else recipe.shipped
    same = shipped is not None and known(shipped) == data.labels  # a new head takes longer
    schedule = ((recipe.again or recipe.schedule) if same else recipe.schedule).lasting(epochs)
    last = len(data.trains)  # rows that are scored: all but the first, or a detector's only one
    delay = recipe.picking.delay - recipe.smoothing

    def answers_to(trains: Sequence[Array]) -> Array:
        return targets(trains, data.parts.train[1], delay, recipe.spread)[: len(data.labels)]

    wanted = answers_to(data.trains)
    results: dict[str, Any] = {"model": recipe.name, "seed": seed, "from_scratch": shipped is None}
    results |= {"units": list(data.labels[1:]), "epochs": schedule.epochs, "split": data.parts.__dict__}
    results |= {"manifest": manifest(data.recording, data.sorting, data.parts.__dict__, seed)}
    results |= {"thresholds": {}, "threshold_accuracy": {}, "weight_bits": weight_bits or recipe.weight_bits}
    results |= asdict(augmentation)
    networks: dict[str, Any] = {}
    for name, form in recipe.forms.items():
        quantized = name == "quantized"
        options = {"bits": weight_bits} if quantized and weight_bits else {}
        network = networks[name] = build(form.kind, data.channels, data.labels, seed, shipped, options)
        own = schedule
        if quantized and recipe.after_float and "float" in networks:
            copy_weights(networks["float"], network)
            own = recipe.after_float.lasting(epochs and min(epochs, recipe.after_float.epochs))
        inputs = form.inputs(data.samples, data.frequency) * np.float32(data.gain)
        part, checkpoint = inputs[slice(*data.parts.train)], folder / f"{name}.pt"
        if form.begin:
            form.begin(network, data, part, seed)
        um, hz = augmentation.motion_um, augmentation.overlaps_hz
        moves = motion(data.recording, part, um) if um is not None else None
        added = overlaps(part, data.trains, data.frequency, hz, answers_to) if hz is not None else None
        losses = fit(network, network.timing, part, wanted, own, seed, checkpoint, resume, name, moves, added)
        results[f"loss_{name}"] = losses
        answers = device_scores(network, data, data.labels) if quantized else scores(network, inputs, network.timing)
        thresholds, reached = choose(data, answers, data.rows, recipe.picking, form.step)
        results["thresholds"][name] = dict(zip(data.labels, thresholds, strict=True))
        results["threshold_accuracy"][name] = dict(zip(data.labels, reached, strict=True))
        scored, chance = judge(data, answers[:, -last:], thresholds[-last:], recipe.picking)
        results[name], results[f"chance_{name}"] = scored, chance
        if scored:
            log.print(f"    {name}: accuracy {scored['mean_accuracy']:.3f} on the scored part")
    network = networks["quantized"]
    results |= {"parameters": parameters(network), "seconds": time.monotonic() - began[0]}
    results |= {"cpu_seconds": time.process_time() - began[1]}
    stated = ("weight_bits", "parameters", "seed", "from_scratch", "epochs")
    accuracy = {form: results[form]["mean_accuracy"] for form in networks if results[form]}
    provenance = data.provenance() | {key: results[key] for key in stated} | {"accuracy": accuracy}
    write_model(folder, recipe, network, data, results["thresholds"]["quantized"], provenance)
    write_results(folder, results)
    return results


def write_model(
    folder: Path,
    recipe: SorterRecipe,
    network: Network,
    data: Labelled,
    thresholds: Mapping[str, int],
    provenance: Mapping[str, Any],
) -> None:
    """model.onnx, and checkpoint.pt to restore the network from. thresholds: of each label, in order."""
    export(
        network,
        folder / "model.onnx",
        name=recipe.name,
        channels=data.channels,
        timing=network.timing,
        sampling_frequency=data.frequency,
        adc_exponent=data.adc_exponent,
        before={"highpass": highpass(data.frequency)},
        after={"events": recipe.picking.peak(tuple(thresholds.values()))},
        event_delay=recipe.picking.event_delay,
        labels=tuple(thresholds),
        provenance=provenance,
    )
    content = {"model": recipe.name, "sampling_frequency": data.frequency, "options": dict(network.options)}
    content |= {"channels": data.channels, "units": len(thresholds) - 1, "adc_exponent": data.adc_exponent}
    save_checkpoint(folder / "checkpoint.pt", network, **content)


def build(
    kind: Any,
    channels: int,
    labels: tuple[str, ...],
    seed: int,
    shipped: Path | None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """A new network; random weights, or those of the file `shipped`, without its head if that knows other units."""
    torch.manual_seed(seed)
    network = kind(channels, len(labels) - 1, **options)
    nn.init.constant_(network.head.bias, RARE)
    if shipped:
        load_weights(network, shipped, anew=() if known(shipped) == labels else ("head",))
    return network


def copy_weights(source: nn.Module, network: nn.Module) -> None:
    """Give `network` the weights and biases of the same names of `source`."""
    given = dict(source.named_parameters())
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(given[name])


def choose(
    data: Labelled, answers: Array, trains: Sequence[Array], picking: Picking, step: float
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The best threshold of each row of `answers`, whose true spikes are `trains`, and its accuracy.

    On the part that neither trained nor is scored; with too few spikes there, on what trained, too.
    """
    start, end = data.parts.threshold
    if min(int(((times >= start) & (times < end)).sum()) for times in trains) < FEWEST:
        start = data.parts.train[0]
    first = -(-start // picking.stride)
    truth = [times[(times >= start) & (times < end)] - first * picking.stride for times in trains]
    candidates = np.round(THRESHOLDS / step).astype(np.int64)
    return choose_thresholds(answers[first : end // picking.stride], truth, candidates, picking, data.frequency)


def judge(
    data: Labelled, answers: Array, thresholds: tuple[int, ...], picking: Picking
) -> tuple[dict[str, Any] | None, float | None]:
    """The score of the units' events, picked in the whole recording as a device would, and the accuracy by chance.

    answers: [T, units], thresholds: of each. Chance: the same events, moved round by half of the scored part. None
    where that part has no labels.
    """
    start, end = data.parts.score
    if not any(((times >= start) & (times < end)).any() for times in data.trains):
        return None, None
    found = dict(zip(data.labels[-len(thresholds) :], spikes(answers, thresholds, picking), strict=True))
    inside = {unit: times[(times >= start) & (times < end)] for unit, times in found.items()}
    half, whole = (end - start) // 2, end - start
    moved = {unit: np.sort((times - start + half) % whole) + start for unit, times in inside.items()}
    scored, chance = (
        score(data.recording, data.sorting, si.NumpySorting.from_unit_dict([trains], data.frequency), start)
        for trains in (found, moved)
    )
    return scored, float(chance["mean_accuracy"])
