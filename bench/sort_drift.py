"""Ten minutes in which the probe drifts: a model as it was, and one that is calibrated anew every two minutes.

Both learn to hear their units elsewhere on the probe (`calibrate --motion`); a third model does not.
"""

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
MOTION_UM = 25.0  # that is learned; the probe moves by 20 either way


def drift(seed: int) -> list[dict[str, Any]]:
    """One row a block and model; the first block is the one that both were calibrated on."""
    made = drifting(32, 15, SECONDS, seed)
    with tempfile.TemporaryDirectory() as folder:
        first, still = Path(folder) / "run0", Path(folder) / "still"
        start = few_seconds(made, 0.0, BLOCK)
        options: dict[str, Any] = {"labelled_s": HEARD, "seed": seed, "described": False}
        calibrate(start.recording, from_sorting(start.sorting), still, **options)
        options["motion_um"] = MOTION_UM
        results = calibrate(start.recording, from_sorting(start.sorting), first, **options)
        more = {"parameters": results["parameters"], "weight_bits": results["weight_bits"]}
        rows, latest = [], first
        blocks = round(SECONDS / BLOCK)
        for k in range(blocks):
            block = few_seconds(made, k * BLOCK, (k + 1) * BLOCK)
            case = Case("drift", f"drifting, minutes {2 * k} to {2 * k + 2}", seed, block, HEARD if k == 0 else 0.0)
            for name, run in (("without --motion", still), ("as it was", first), ("recalibrated", latest)):
                found = sort(edgesort.load(run / "model.onnx"), block.recording)
                rows.append(case.row(f"local_sorter, {name}", "96 s at the start", found, **more))
            if k + 1 < blocks:
                anew = Path(folder) / f"run{k + 1}"
                calibrate(block.recording, from_model(latest), anew, start=latest, **options)
                latest = anew
    return rows
