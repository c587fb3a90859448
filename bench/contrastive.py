"""Contrast and its twin without it: training time, speed, memory and accuracy, most of all on similar waveforms.

One row a recording and a way to the head of models/contrastive_sorter/train.py. `--only RECORDING` or
`--only RECORDING:HEADS` measures a part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import record
from costs import cortex_m4

import edgesort
from edgesort.data.hybrid import Hybrid, demo
from edgesort.data.quiroga import quiroga
from edgesort.data.recordings import frames
from edgesort.data.scoring import score
from edgesort.sort import sort
from edgesort.train.recipe import load

MODEL = "contrastive_sorter"
HEADS = {"contrast": "RECIPE", "contrast, frozen": "FROZEN", "prototypes": "PROTOTYPES", "twin": "CLASSES"}
SEED = 3  # of Quiroga's conditions; the recipe's choices were made on hybrids of seeds 0 to 2
RECORDINGS: Mapping[str, Callable[[], Hybrid]] = {
    **{f"hybrid 120 s, seed {seed}": partial(demo, seed) for seed in (3, 4, 5)},
    **{f"Quiroga {name}": partial(quiroga, name, 120.0, SEED) for name in ("difficult1_0.1", "difficult2_0.1")},
}
COUNTED_S = 1.0  # of the scored part, on which instructions are counted


def measure(only: str | None = None) -> list[dict[str, Any]]:
    """One row for each recording and each way to the head."""
    name, _, chosen = (only or "").partition(":")
    names, ways = ([name] if name else RECORDINGS), ([chosen] if chosen else HEADS)
    return [_row(name, RECORDINGS[name](), heads) for name in names for heads in ways]


def _row(name: str, made: Hybrid, heads: str) -> dict[str, Any]:
    recipe = load(MODEL)
    seed = made.facts["seed"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        result = recipe.train(made.recording, made.sorting, out, seed=seed, recipe=getattr(recipe, HEADS[heads]))
        graph = edgesort.load(out / "model.onnx")
    start = result["split"]["score"][0]
    scored = score(made.recording, made.sorting, sort(graph, made.recording), start)
    units = scored["units"].values()
    samples = frames(made.recording, start, start + round(COUNTED_S * graph.sampling_frequency))
    return {
        "recording": name,
        "heads": heads,
        "float_accuracy": round(result["float"]["mean_accuracy"], 4),
        "mean_accuracy": round(scored["mean_accuracy"], 4),
        "mean_recall_overlapping": round(sum(unit["recall_overlapping"] for unit in units) / len(units), 4),
        "training_cpu_s": round(result["cpu_seconds"], 1),
        "parameters": result["parameters"],
        "weight_bits": result["weight_bits"],
        **cortex_m4(graph, samples),
    }


if __name__ == "__main__":
    record.main("contrastive", measure, __doc__ or "", ("recording", "heads"))
