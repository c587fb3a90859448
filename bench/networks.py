"""Networks of three kinds, trained for about a minute on the demo's hybrid recording, proven equal in C and in RTL."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import record

import edgesort
from edgesort.data import hybrid
from edgesort.data.recordings import frames
from edgesort.targets.target import Options
from edgesort.train.recipe import run

MODELS = ("unet_segmenter", "gru_sorter", "snn_sorter")
SEED, SECONDS = 4, 60.0  # the recipes were chosen on seed 3
CHECKED = {"host": 10.0, "mps2-an386": 0.5, "verilog": 1.0}  # seconds of the part that was not used for training


def measure() -> list[dict[str, Any]]:
    """One row a network."""
    with tempfile.TemporaryDirectory() as folder:
        made = hybrid.demo(SEED, SECONDS)
        made.save(Path(folder) / "hybrid")
        return [_row(model, made, Path(folder)) for model in MODELS]


def _row(model: str, made: hybrid.Hybrid, folder: Path) -> dict[str, Any]:
    result = run(model, folder / "hybrid" / "recording", folder / "hybrid" / "truth", folder / model, from_scratch=True)
    path = folder / model / "model.onnx"
    graph = edgesort.load(path)
    samples = frames(made.recording, result["split"]["score"][0])
    builds, verdicts = {}, {}
    for target, seconds in CHECKED.items():
        part = {"scored part": samples[: round(seconds * graph.sampling_frequency)]}
        out, options = folder / f"{model}_{target}", Options(allow_overrun=True)
        builds[target] = edgesort.compile(graph, target, out, path, part, options=options)
        (verdicts[target],) = edgesort.verify(builds[target], part)
    costs = {target: build.manifest["costs"] for target, build in builds.items()}
    score, chance = _scores(result)
    return {
        "model": model,
        "parameters": result["parameters"],
        "weight_bits": result["weight_bits"],
        "training_s": round(result["seconds"], 1),
        "training_cpu_s": round(result["cpu_seconds"], 1),
        "loss": round(result["loss_quantized"][-1], 4),
        "score": round(score, 3),
        "chance": round(chance, 3),
        "exact": all(verdict.equal for verdict in verdicts.values()),
        "c_host_10_s_equal": verdicts["host"].equal,
        "rtl_1_s_equal": verdicts["verilog"].equal,
        "values_compared": {verdict.name: verdict.values for verdict in verdicts.values()},
        "cycles_per_frame": costs["verilog"]["cycles_per_frame"],
        "instructions_per_sample": costs["mps2-an386"]["instructions_per_sample"],
        "flash_bytes": costs["mps2-an386"]["flash_bytes"],
        "ram_bytes": costs["mps2-an386"]["ram_bytes"],
    }


def _scores(result: dict[str, Any]) -> tuple[float, float]:
    """A sorter's mean accuracy a unit, a segmenter's overlap a sample: tp / (tp + fn + fp) both; and that of chance."""
    if "overlap" in result:
        return result["overlap"], result["chance"]
    return result["quantized"]["mean_accuracy"], result["chance_quantized"]


if __name__ == "__main__":
    record.main("networks", measure, __doc__ or "")
