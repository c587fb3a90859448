"""Train a network that gives each sample a class, choose its levels, score it: what all segmenters' recipes share.

The first half of the recording trains, the next tenth chooses the levels above which a class is said, the rest is
scored, all by the answers of the deployed graph.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si
import torch

from edgesort.data import spans as labelled_spans
from edgesort.fixed import Array
from edgesort.folders import refuse_existing
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph
from edgesort.ops import Threshold
from edgesort.train.execute import scores
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT
from edgesort.train.labelled import Labelled, labelled, run_folder, write_results
from edgesort.train.loop import Schedule, fit, log, save_checkpoint
from edgesort.train.network import parameters
from edgesort.train.segment_network import FLOAT, Segmenter, Shape
from edgesort.train.segment_scores import by_class, classes, overlap
from edgesort.train.split import Split, split

CHUNK = 1 << 16
LEVELS = np.arange(-7.5, 7.6, 0.125)  # logits that are tried


@dataclass(frozen=True)
class Marked:
    """A recording as a segmenter sees it. samples: int16 [T, channels]. marks: bool [T, rows]. shown: samples and
    marks to learn from."""

    data: Labelled
    samples: Array
    marks: Array
    shown: tuple[Array, Array]


@dataclass(frozen=True)
class SegmentRecipe:
    """What a segmenter's recipe chooses.

    labels: of the rows, the least important one first. delay: samples by which an answer comes late.
    truth(data, start, end, seed): the samples in [start, end) and their marks; what it adds differs with the seed, and
    the first part is learned from with so many `copies` of that.
    schedule, again: of the float network, and of the quantized one that begins with its weights.
    parts(frames, frequency): the split.
    reward(found, true, start): what a level is chosen for, of bool [T] from sample `start` on.
    judge(found, marked, start, end): further scores of the answers found [T, rows] in the part [start, end); found[t]
    answers for sample t.
    """

    name: str
    shape: Shape
    labels: tuple[str, ...]
    delay: int
    schedule: Schedule
    again: Schedule
    truth: Callable[[Labelled, int, int, int], tuple[Array, Array]]
    copies: int = 1
    parts: Callable[[int, float], Split] = split
    reward: Callable[[Array, Array, int], float] = lambda found, true, _: overlap(found, true)
    judge: Callable[[Array, Marked, int, int], dict[str, Any]] = lambda *_: {}


def prepared(recipe: SegmentRecipe, recording: si.BaseRecording, sorting: si.BaseSorting, seed: int) -> Marked:
    """The recording with its marks; the parts apart, so that nothing that is added reaches from one into the next."""
    data = labelled(recording, sorting)
    data = replace(data, parts=recipe.parts(len(data.samples), data.frequency))
    parts = data.parts.train, data.parts.threshold, data.parts.score
    samples, marks = data.samples.copy(), np.zeros((len(data.samples), len(recipe.labels)), bool)
    for start, end in parts:
        samples[start:end], marks[start:end] = recipe.truth(data, start, end, seed)
    copies = [recipe.truth(data, *data.parts.train, 1000 * (copy + 1) + seed) for copy in range(recipe.copies)]
    shown = np.concatenate([s for s, _ in copies]), np.concatenate([m for _, m in copies])
    return Marked(data, samples, marks, shown)


def spans(data: Labelled, start: int, end: int, seed: int) -> tuple[Array, Array]:
    """The truth of a recipe with one row whose labels are spans (edgesort/data/spans.py): nothing is added."""
    found = labelled_spans.from_sorting(data.sorting)
    return data.samples[start:end], labelled_spans.marked(found, len(data.samples))[start:end, None]


def train_segmenter(
    recipe: SegmentRecipe,
    recording: si.BaseRecording,
    sorting: si.BaseSorting,
    out: Path,
    from_scratch: bool = True,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Train on `recording` (integers) with the labels `sorting`; write the folder `out`; return the results."""
    began, out = (time.monotonic(), time.process_time()), Path(out)
    refuse_existing(out)
    torch.set_num_threads(1)
    marked = prepared(recipe, recording, sorting, seed)
    results: dict[str, Any] = {"model": recipe.name, "seed": seed}
    results |= {"split": marked.data.parts.__dict__, "weight_bits": recipe.shape.weight_bits}
    with run_folder(out, resume) as partial:
        networks, losses = learn(recipe, marked, partial, seed, resume, epochs)
        network = networks["quantized"]
        results |= {f"loss_{name}": loss for name, loss in losses.items()}
        results |= {f"epochs_{name}": len(loss) for name, loss in losses.items()}
        answers = deployed(_exported(recipe, network, marked), marked.samples)
        levels = choose(recipe, marked, answers, network)
        results |= {"threshold": list(levels), "parameters": parameters(network)}
        results |= judged(recipe, marked, answers, levels, network)
        results |= {"seconds": time.monotonic() - began[0], "cpu_seconds": time.process_time() - began[1]}
        stated = ("weight_bits", "parameters", "seed", "epochs_float", "epochs_quantized", "overlap", "chance")
        provenance = marked.data.provenance() | {key: results[key] for key in stated}
        write_model(recipe, network, marked, partial / "model.onnx", {"marks": Threshold(levels)}, provenance)
        content = {"model": recipe.name, "sampling_frequency": marked.data.frequency}
        save_checkpoint(partial / "checkpoint.pt", network, **content, channels=marked.data.channels, units=0)
        write_results(partial, results)
    log.print(f"    overlap {results['overlap']:.3f} on the scored part, {results['chance']:.3f} by chance")
    return results


def learn(
    recipe: SegmentRecipe,
    marked: Marked,
    folder: Path,
    seed: int,
    resume: bool = False,
    epochs: int | None = None,
) -> tuple[dict[str, Segmenter], dict[str, list[float]]]:
    """Train on the first part: a float network, and from its weights the quantized one. Returns both by name, and the
    loss of each epoch; `folder` keeps the states for `resume`."""
    samples, marks = marked.shown
    inputs = Segmenter.inputs(samples, marked.data.frequency)
    late = np.zeros((recipe.delay, marks.shape[1]), np.float32)
    wanted = np.concatenate([late, marks])[: len(inputs)].T.astype(np.float32).copy()
    torch.manual_seed(seed)
    state: dict[str, torch.Tensor] = {}
    networks, losses = {}, {}
    for name, layers, schedule in (("float", FLOAT, recipe.schedule), ("quantized", None, recipe.again)):
        network = networks[name] = Segmenter(recipe.shape, marked.data.channels, layers)
        network.load_state_dict(state, strict=False)
        rest = (schedule.lasting(epochs), seed, folder / f"{name}.pt", resume, name)
        losses[name] = fit(network, network.learning, inputs, wanted, *rest)
        state = network.state_dict()
    return networks, losses


def deployed(graph: Graph, samples: Array) -> Array:
    """What the graph puts out, int64 [frames, rows]."""
    state, pieces = graph.initial_state(), []
    for start in range(0, len(samples), CHUNK):
        state, values = graph.run(state, samples[start : start + CHUNK])
        pieces.append(values[graph.outputs[0]])
    return np.concatenate(pieces).astype(np.int64)


def in_torch(network: Segmenter, marked: Marked) -> Array:
    """The same from the network that was trained, float or quantized."""
    return scores(network, network.inputs(marked.samples, marked.data.frequency), network.timing)


def choose(recipe: SegmentRecipe, marked: Marked, answers: Array, network: Segmenter) -> tuple[int, ...]:
    """The level of each row that is best in the tenth that neither trained nor is scored; of equally good ones the
    middle one. A row is judged where no more important one was found."""
    start, end = marked.data.parts.threshold
    found = timed(answers, recipe, network)[start:end]
    true = classes(marked.marks[start:end])
    candidates = np.round(LEVELS / network.unit).astype(np.int64)
    levels: list[int] = []
    free = np.ones(len(found), bool)
    for row in reversed(range(found.shape[1])):
        reached = [recipe.reward((found[:, row] > level) & free, true == row + 1, start) for level in candidates]
        best = np.flatnonzero(np.array(reached) == max(reached))
        levels.insert(0, int(candidates[best[len(best) // 2]]))
        free &= found[:, row] <= levels[0]
    return tuple(levels)


def timed(answers: Array, recipe: SegmentRecipe, network: Segmenter) -> Array:
    """Answers [frames, rows] -> [T, rows]: for each sample the newest answer that is there `delay` samples later."""
    stride, missing = network.timing.stride, np.zeros((network.timing.stride - 1, answers.shape[1]), answers.dtype)
    every = np.concatenate([missing, np.repeat(answers, stride, 0)])
    return np.concatenate([every[recipe.delay :], np.repeat(every[-1:], recipe.delay, 0)])


def judged(
    recipe: SegmentRecipe, marked: Marked, answers: Array, levels: tuple[int, ...], network: Segmenter
) -> dict[str, Any]:
    """Scores in the last part: of each class, and "overlap", their mean without that of noise."""
    start, end = marked.data.parts.score
    found = timed(answers, recipe, network) > np.array(levels)
    names = ("noise", *recipe.labels)
    scored = by_class(classes(found[start:end]), classes(marked.marks[start:end])[: len(found) - start], names)
    means = {
        name: float(np.mean([scored[label][key] for label in recipe.labels]))
        for name, key in (("overlap", "iou"), ("chance", "chance_iou"))
    }
    return {"classes": scored, **means, **recipe.judge(found, marked, start, min(end, len(found)))}


def write_model(
    recipe: SegmentRecipe,
    network: Segmenter,
    marked: Marked,
    path: Path,
    after: Mapping[str, Threshold],
    provenance: Mapping[str, Any],
) -> None:
    export(
        network,
        path,
        name=recipe.name,
        channels=marked.data.channels,
        timing=network.timing,
        sampling_frequency=marked.data.frequency,
        adc_exponent=ADC_EXPONENT,
        before={},
        after=after,
        event_delay=recipe.delay,
        labels=recipe.labels,
        provenance=provenance,
    )


def _exported(recipe: SegmentRecipe, network: Segmenter, marked: Marked) -> Graph:
    """The graph of the trained network up to its scores."""
    with tempfile.TemporaryDirectory() as folder:
        write_model(recipe, network, marked, Path(folder) / "scores.onnx", {}, {})
        return load(Path(folder) / "scores.onnx")
