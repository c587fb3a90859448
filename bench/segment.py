"""Segmenters with and without gates, float, quantized and deployed, on several recordings."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import record
import torch

from edgesort.data import eeg, hybrid, ripples
from edgesort.frontends.qonnx import load
from edgesort.train import recipe
from edgesort.train.network import parameters
from edgesort.train.segment import (
    Marked,
    SegmentRecipe,
    choose,
    deployed,
    in_torch,
    judged,
    learn,
    prepared,
    write_model,
)
from edgesort.train.segment_network import Segmenter

KEYS = ("model", "form")
EXTRA = ("threshold_part", "training_cpu_s", "parameters")


@dataclass(frozen=True)
class Study:
    """One model on recordings of several seeds; `shown` picks columns of what judged() returns, the main first."""

    make: Callable[[int], hybrid.Hybrid]
    seeds: tuple[int, ...]
    shown: Callable[[dict[str, Any]], dict[str, float]]
    gated: tuple[bool, ...] = (False,)


def _classes(scores: dict[str, Any]) -> dict[str, float]:
    """The mean overlap of spike and artefact; intersection over union and F1 of each class, and both by chance."""
    each = {f"{name}_{key}": value for name, found in scores["classes"].items() for key, value in found.items()}
    return {"overlap": scores["overlap"], "chance": scores["chance"]} | each


def _segments(scores: dict[str, Any]) -> dict[str, float]:
    keys = ("segment_accuracy", "chance_accuracy", "segment_sensitivity", "segment_specificity")
    return {key: scores[key] for key in keys} | _events(scores)


def _events(scores: dict[str, Any]) -> dict[str, float]:
    event = scores["event"]
    keys = ("f1", "chance_f1", "recall", "precision", "false_alarms_per_minute", "latency_ms")
    return {f"event_{key}": event[key] for key in keys}


STUDIES = {
    "unet_segmenter": Study(hybrid.demo, (0, 1, 2, 3, 4), _classes, (True, False)),
    "seizure_detector": Study(eeg.bonn, (1, 2, 3, 4, 5), _segments),
    "ripple_detector": Study(ripples.simulated, (1, 2, 3, 4, 5), _events),
}


def measure(only: str | None = None) -> list[dict[str, Any]]:
    """One row a model and form, means over the seeds."""
    return [row for model in STUDIES if only in (None, model) for row in _rows(model)]


def _rows(model: str) -> list[dict[str, Any]]:
    study, base = STUDIES[model], recipe.load(model).RECIPE
    runs: dict[str, list[dict[str, float]]] = {}
    for seed in study.seeds:
        made = study.make(seed)
        marked = prepared(base, made.recording, made.sorting, seed)
        for gated in study.gated:
            chosen = replace(base, shape=replace(base.shape, gated=gated))
            for form, scores in _forms(chosen, marked, seed).items():
                name = f"{'gated' if gated else 'ungated'}, {form}"
                runs.setdefault(name, []).append(study.shown(scores) | {key: scores[key] for key in EXTRA})
    return [_row(model, name, study, scores) for name, scores in runs.items()]


def _forms(chosen: SegmentRecipe, marked: Marked, seed: int) -> dict[str, dict[str, Any]]:
    """Float, quantized in torch, and the graph of the exported file, each with levels of its own threshold part."""
    torch.set_num_threads(1)
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        networks, _ = learn(chosen, marked, Path(folder), seed)
        network = networks["quantized"]
        extra = {"training_cpu_s": time.process_time() - began, "parameters": parameters(network)}
        write_model(chosen, network, marked, Path(folder) / "scores.onnx", {}, {})
        graph = load(Path(folder) / "scores.onnx")
    found = {name: (in_torch(each, marked), each) for name, each in networks.items()}
    found["deployed"] = deployed(graph, marked.samples), network
    return {name: _scored(chosen, marked, *answers) | extra for name, answers in found.items()}


def _scored(chosen: SegmentRecipe, marked: Marked, answers: np.ndarray[Any, Any], network: Segmenter) -> dict[str, Any]:
    levels = choose(chosen, marked, answers, network)
    parts = marked.data.parts
    moved = replace(marked, data=replace(marked.data, parts=replace(parts, score=parts.threshold)))
    before = judged(replace(chosen, judge=lambda *_: {}), moved, answers, levels, network)
    return judged(chosen, marked, answers, levels, network) | {"threshold_part": before["overlap"]}


def _row(model: str, form: str, study: Study, scores: list[dict[str, float]]) -> dict[str, Any]:
    columns = {key: np.array([score[key] for score in scores]) for key in scores[0]}
    main = next(iter(columns))
    spread = {"seeds": len(scores), main: 0.0, f"{main}_sd": round(float(columns[main].std(ddof=1)), 4)}
    spread |= {f"{main}_least": round(float(columns[main].min()), 4)}
    means = {key: round(float(values.mean()), 4) for key, values in columns.items()}
    return {"model": model, "form": form} | spread | means | {"parameters": int(columns["parameters"][0])}


if __name__ == "__main__":
    record.main("segment", measure, __doc__ or "", KEYS)
