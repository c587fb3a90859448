"""Weight bits: accuracy of the deployed integer graph against LUT4 and instructions.

One row a model, recording, seed and width; what the first seed's graph costs is measured, and stands for the others'.
A float network is trained once a seed; where the recipe begins its quantized one with it, so does every width.
`--only MODEL:SEED` (a key of MODELS) measures a part. bench/bits_plot.py draws docs/bits.svg of the rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import record
from costs import cortex_m4, fpga

import edgesort
from edgesort.data.generated import generated
from edgesort.data.hybrid import Hybrid, demo
from edgesort.data.recordings import frames
from edgesort.data.scoring import score
from edgesort.graph import Graph
from edgesort.sort import sort
from edgesort.train.labelled import labelled
from edgesort.train.loop import load_checkpoint
from edgesort.train.recipe import load
from edgesort.train.sorter import SorterRecipe, train_sorter

COUNTED_S = 1.0  # of the scored part, on which instructions are counted
KEYS = ("model", "recording", "seed", "weight_bits")
Row = dict[str, Any]
Bits = int | tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A recipe on a kind of recording. widths: of all layers, or of each: 8 in the first and the last, 4 between."""

    model: str
    recording: str
    make: Callable[[int], Hybrid]
    seeds: tuple[int, ...]
    widths: tuple[Bits, ...]


HYBRID, GENERATED = ("hybrid, 1 channel", demo), ("generated, 4 channels", partial(generated, 4, 5, 120.0))
THREE, FOUR, FIVE = (8, 4, 8), (8, 4, 4, 8), (8, 4, 4, 4, 8)
MODELS = {
    "cnn_sorter": Case("cnn_sorter", *HYBRID, (3,), (8, THREE, 4)),
    "detector": Case("detector", *HYBRID, (3,), (8, THREE, 4)),
    "local_sorter": Case("local_sorter", *GENERATED, (0, 1, 2), (8, FOUR, 4)),
    "local_sorter, 1 channel": Case("local_sorter", *HYBRID, (3,), (8, FOUR, 4)),
    "contrastive_sorter": Case("contrastive_sorter", *GENERATED, (0, 1, 2), (8, 6, FIVE, 4)),
    "contrastive_sorter, 1 channel": Case("contrastive_sorter", *HYBRID, (3,), (8, 6, FIVE, 4)),
    "snn_sorter": Case("snn_sorter", *HYBRID, (3,), (8, THREE, 4)),
}


def measure(only: str | None = None) -> list[Row]:
    """One row for each model, recording, seed and width."""
    name, _, chosen = (only or "").partition(":")
    cases = [MODELS[name]] if name else list(MODELS.values())
    return [row for case in cases for seed in _seeds(case, chosen) for row in _rows(case, seed)]


def _seeds(case: Case, chosen: str) -> tuple[int, ...]:
    return (int(chosen),) if chosen else case.seeds


def _rows(case: Case, seed: int) -> Iterator[Row]:
    made = case.make(seed)
    for bits, result, graph in _trained(load(case.model).RECIPE, made, seed, case.widths):
        start = result["split"]["score"][0]
        truth = load(case.model).RECIPE.learns(labelled(made.recording, made.sorting)).sorting
        scored = score(made.recording, truth, sort(graph, made.recording), start)
        units = scored["units"].values()
        floating = result.get("float") or {"mean_accuracy": None, "mean_accuracy_snr5": None}
        row = {
            "model": case.model,
            "recording": case.recording,
            "seed": seed,
            "weight_bits": ", ".join(map(str, np.atleast_1d(bits))),
            "parameters": result["parameters"],
            **{key: _rounded(scored[key]) for key in ("mean_accuracy", "mean_accuracy_snr5")},
            **{f"float_{key}": _rounded(floating[key]) for key in ("mean_accuracy", "mean_accuracy_snr5")},
            "mean_recall": _rounded(sum(unit["recall"] for unit in units) / len(units)),
            "training_cpu_s": round(result["cpu_seconds"], 1),
        }
        samples = frames(made.recording, start, start + round(COUNTED_S * graph.sampling_frequency))
        yield row | (cortex_m4(graph, samples) | fpga(graph) if seed == case.seeds[0] else {})


def _trained(
    recipe: SorterRecipe, made: Hybrid, seed: int, widths: tuple[Bits, ...]
) -> Iterator[tuple[Bits, dict[str, Any], Graph]]:
    """Each width's results and its graph; the first trains the float network, too, whose results are in all."""
    floating: dict[str, Any] = {}
    for bits in widths:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            chosen = without_float(recipe, floating.get("state")) if floating else recipe
            result = train_sorter(
                chosen, made.recording, made.sorting, out, from_scratch=True, seed=seed, weight_bits=bits
            )
            graph = edgesort.load(out / "model.onnx")
            if "float" in result:
                floating = {"float": result["float"], "state": load_checkpoint(out / "float.pt")["state"]}
        yield bits, result | {"float": floating.get("float")}, graph


def without_float(recipe: SorterRecipe, state: Any) -> SorterRecipe:
    """The quantized form alone, from the weights that the float one had in the end if the recipe begins there."""
    form = recipe.forms["quantized"]
    if recipe.after_float is None:
        return replace(recipe, forms={"quantized": form})

    def begin(network: Any, *_: Any) -> None:
        network.load_state_dict(state, strict=False)

    return replace(recipe, forms={"quantized": replace(form, begin=begin)}, schedule=recipe.after_float)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    record.main("bits", measure, __doc__ or "", KEYS)
