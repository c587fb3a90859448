"""Ten minutes in which the probe drifts: models of the first 96 s as they were, and one that is calibrated on.

Of those that stay, one has learned to hear its units elsewhere on the probe (`calibrate --motion`) and one has not; the
one that is calibrated anew every two minutes, from what it finds itself, has.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from sorting import Case, few_seconds

import edgesort
from edgesort.data.drifting import drifting
from edgesort.data.hybrid import Hybrid
from edgesort.sort import sort
from edgesort.train.augmentation import Augmentation
from edgesort.train.calibrate import calibrate, from_model, from_sorting

BLOCKS, BLOCK, HEARD = 5, 120.0, 96.0  # seconds between two calibrations, and of each block what is learned from
SECONDS = BLOCKS * BLOCK
MOTION_UM = 25.0  # that is learned; the probe moves by 20 either way


def drift(seed: int) -> list[dict[str, Any]]:
    """One row a block and model, of two that stay as they were."""
    made, rows = drifting(32, 15, SECONDS, seed), []
    for name, um in (("as it was", MOTION_UM), ("as it was, without --motion", None)):
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            _first(made, run, seed, um)
            rows += [_row(made, k, seed, name, run) for k in range(BLOCKS)]
    return rows


def recalibrated(seed: int) -> list[dict[str, Any]]:
    """One row a block, each sorted by the model that was made of the block before."""
    made, rows = drifting(32, 15, SECONDS, seed), []
    with tempfile.TemporaryDirectory() as folder:
        runs = [Path(folder) / f"run{k}" for k in range(BLOCKS)]
        _first(made, runs[0], seed, MOTION_UM)
        for k, run in enumerate(runs):
            rows.append(_row(made, k, seed, "recalibrated", run))
            if k + 1 < BLOCKS:
                source = from_model(run, moving=True)
                calibrate(_block(made, k).recording, source, runs[k + 1], start=run, **_options(seed, MOTION_UM))
    return rows


def _first(made: Hybrid, run: Path, seed: int, um: float | None) -> None:
    block = _block(made, 0)
    calibrate(block.recording, from_sorting(block.sorting), run, **_options(seed, um))


def _options(seed: int, um: float | None) -> dict[str, Any]:
    return {"labelled_s": HEARD, "seed": seed, "described": False, "augmentation": Augmentation(um)}


def _block(made: Hybrid, k: int) -> Hybrid:
    return few_seconds(made, k * BLOCK, (k + 1) * BLOCK)


def _row(made: Hybrid, k: int, seed: int, name: str, run: Path) -> dict[str, Any]:
    """Of the first block, the part that labels did not tell of is scored."""
    block = _block(made, k)
    case = Case("drift", f"drifting, minutes {2 * k} to {2 * k + 2}", seed, block, HEARD if k == 0 else 0.0)
    found = sort(edgesort.load(run / "model.onnx"), block.recording)
    results = json.loads((run / "results.json").read_text())
    more = {"parameters": results["parameters"], "weight_bits": results["weight_bits"]}
    return case.row(f"local_sorter, {name}", "96 s at the start", found, **more)
