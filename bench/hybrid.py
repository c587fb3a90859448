"""The recipe on the demo's hybrid recordings, several seeds: float, quantized and deployed on the same part."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import record

import edgesort
from edgesort.data import hybrid
from edgesort.data.recordings import frames
from edgesort.data.scoring import score
from edgesort.sort import sort
from edgesort.train.recipe import run

SEEDS = (3, 4, 5)
GATE = 4


def measure() -> list[dict[str, Any]]:
    """One row for each recording and each form of the sorter."""
    return [row for seed in SEEDS for row in _rows(seed)]


def _rows(seed: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "hybrid"
        made = hybrid.demo(seed)
        made.save(home)
        began = time.monotonic()
        result = run(
            "cnn_sorter", home / "recording", home / "truth", Path(folder) / "run", from_scratch=True, seed=seed
        )
        trained = time.monotonic() - began
        graph = edgesort.load(Path(folder) / "run" / "model.onnx")
        gated = edgesort.gate(graph, GATE, frames(made.recording))
        deployed, behind = (
            score(made.recording, made.sorting, sort(form, made.recording), *result["split"]["score"])
            for form in (graph, gated)
        )
    forms = {"float": result["float"], "quantized": result["quantized"], "deployed": deployed}
    forms[f"deployed, gate at {GATE} x noise"] = behind
    return [_row(seed, made.facts, name, scores, result, trained) for name, scores in forms.items()]


def _row(
    seed: int, facts: dict[str, Any], form: str, scores: dict[str, Any], result: dict[str, Any], seconds: float
) -> dict[str, Any]:
    units = scores["units"].values()
    return {
        "recording": f"hybrid {facts['seconds']:g} s, seed {seed}",
        "channels": 1,
        "units": len(units),
        "sorter": f"cnn_sorter {form}",
        "labels": f"first half ({facts['seconds'] / 2:g} s)",
        "mean_accuracy": round(scores["mean_accuracy"], 4),
        "mean_accuracy_snr5": scores["mean_accuracy_snr5"] and round(scores["mean_accuracy_snr5"], 4),
        "mean_recall_overlapping": round(sum(u["recall_overlapping"] for u in units) / len(units), 4),
        "well_detected": sum(u["accuracy"] > 0.8 for u in units),
        "seconds": round(seconds, 1),
        "parameters": result["parameters"],
        "weight_bits": 32 if form == "float" else result["weight_bits"],
    }


if __name__ == "__main__":
    record.main("hybrid", measure, __doc__ or "")
