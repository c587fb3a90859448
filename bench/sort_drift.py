"""Ten minutes in which the probe drifts: a model that stays as it was, and one that is calibrated every two minutes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from sorting import Case, few_seconds

import edgesort
from edgesort.data.drifting import drifting
from edgesort.sort import sort
from edgesort.train.calibrate import calibrate, from_model, from_sorting

SECONDS, BLOCK, HEARD = 600.0, 120.0, 96.0  # in all, between two calibrations, and of each block what is learned from


def drift(seed: int) -> list[dict[str, Any]]:
    """One row a block and model; the first block is the one that both were calibrated on."""
    made = drifting(32, 15, SECONDS, seed)
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "run0"
        start = few_seconds(made, 0.0, BLOCK)
        results = calibrate(
            start.recording, from_sorting(start.sorting), first, labelled_s=HEARD, seed=seed, described=False
        )
        more = {"parameters": results["parameters"], "weight_bits": results["weight_bits"]}
        rows, latest = [], first
        for k in range(round(SECONDS / BLOCK)):
            block = few_seconds(made, k * BLOCK, (k + 1) * BLOCK)
            case = Case("drift", f"drifting, minutes {2 * k} to {2 * k + 2}", seed, block, HEARD if k == 0 else 0.0)
            for name, run in (("as it was", first), ("recalibrated", latest)):
                found = sort(edgesort.load(run / "model.onnx"), block.recording)
                rows.append(case.row(f"local_sorter, {name}", "96 s at the start", found, **more))
            anew = Path(folder) / f"run{k + 1}"
            source = from_model(latest)
            calibrate(block.recording, source, anew, start=latest, labelled_s=HEARD, seed=seed, described=False)
            latest = anew
    return rows
