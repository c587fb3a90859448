"""The spiking sorter: accuracy against synaptic operations a second."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import record

import edgesort
from edgesort.data import hybrid
from edgesort.data.recordings import frames
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.ops import Dense
from edgesort.train.recipe import load
from edgesort.train.sorter import train_sorter

SEEDS = (3, 4, 5)
SHIPPED = 3
COUNTED_S = 10.0  # of the scored part, in which spikes are counted
CHUNK = 1 << 16
KEYS = ("part", "recording", "input", "neurons", "weight_bits")


def measure(only: str | None = None) -> list[dict[str, Any]]:
    """One row for each network on each recording."""
    parts: dict[str, Callable[[Any], list[dict[str, Any]]]] = {"seeds": seeds, "sizes": sizes}
    chosen = [only] if only else list(parts)
    return [{"part": part, **row} for part in chosen for row in parts[part](load("snn_sorter"))]


def seeds(recipe: Any) -> list[dict[str, Any]]:
    """The recipe as it is, on the recordings on which nothing was chosen."""
    return [trained(recipe, seed, {}) for seed in SEEDS]


def sizes(recipe: Any) -> list[dict[str, Any]]:
    """Smaller networks, fewer bits, and delta coding, on the recording of the shipped model."""
    half, quarter = ({"neurons": recipe.NEURONS // k, "last": recipe.LAST // k} for k in (2, 4))
    bits = [half | {"bits": bits} for bits in (4, recipe.MIXED_BITS)]
    delta = half | {"thresholds": recipe.DELTA_THRESHOLDS}
    return [trained(recipe, SHIPPED, options) for options in (half, delta, *bits, quarter)]


def trained(recipe: Any, seed: int, options: dict[str, Any]) -> dict[str, Any]:
    """Train from random weights; scores and counts are those of the integer graph that came of it."""
    made = hybrid.demo(seed)
    form = replace(recipe.RECIPE.forms["quantized"], kind=partial(recipe.Sorter, **options))
    chosen = replace(recipe.RECIPE, forms={"quantized": form}, weight_bits=options.get("bits", recipe.WEIGHT_BITS))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"seed{seed}"
        result = train_sorter(chosen, made.recording, made.sorting, out, from_scratch=True, seed=seed)
        graph = edgesort.load(out / "model.onnx")
    samples = frames(made.recording, result["split"]["score"][0])
    scored = result["quantized"]
    units = scored["units"].values()
    return {
        "recording": f"hybrid {made.facts['seconds']:g} s, seed {seed}",
        "input": "delta spikes" if options.get("thresholds", recipe.THRESHOLDS) else "samples",
        "neurons": options.get("neurons", recipe.NEURONS) + options.get("last", recipe.LAST),
        "weight_bits": ", ".join(map(str, np.atleast_1d(options.get("bits", recipe.WEIGHT_BITS)))),
        "parameters": result["parameters"],
        "mean_accuracy": round(scored["mean_accuracy"], 4),
        "mean_recall_overlapping": round(sum(u["recall_overlapping"] for u in units) / len(units), 4),
        "chance": round(result["chance_quantized"], 4),
        "epochs": result["epochs"],
        "training_s": round(result["seconds"], 1),
        **operations(graph, samples[: round(COUNTED_S * graph.sampling_frequency)]),
    }


def operations(graph: Graph, samples: Array) -> dict[str, int]:
    """A second of recorded samples: spikes, additions at the synapses that they reach, and multiplications.

    A synapse is a weight other than 0. One whose input is a spike costs an addition when there is one; one whose
    input is a sample costs a multiplication in every frame.
    """
    counts = dict.fromkeys(("spikes", "synaptic_operations", "multiplications"), 0)
    state, synapses = graph.initial_state(), {}
    for node in graph.nodes:
        if isinstance(node.op, Dense):
            synapses[node.name] = node.inputs[0], np.count_nonzero(node.op.weight, axis=0)
    for begin in range(0, len(samples), CHUNK):
        state, values = graph.run(state, samples[begin : begin + CHUNK])
        counts["spikes"] += sum(int(values[n.name].sum()) for n in graph.nodes if n.op.kind in ("lif", "delta"))
        for source, fan_out in synapses.values():
            taken = values[source].reshape(len(values[source]), -1)
            if graph.streams[source].dtype.bits == 1:
                counts["synaptic_operations"] += int(taken.sum(0, dtype=np.int64) @ fan_out)
            else:
                counts["multiplications"] += len(taken) * int(fan_out.sum())
    seconds = len(samples) / graph.sampling_frequency
    return {f"{kind}_per_s": round(count / seconds) for kind, count in counts.items()}


if __name__ == "__main__":
    record.main("spiking", measure, __doc__ or "", KEYS)
