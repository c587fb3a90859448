"""Sorting 32 channels beside kilosort4 on the same cores: seconds and memory, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import spikeinterface.core as si
from sorting import Case

from edgesort.train.calibrate import calibrate, from_sorting

PEER = "kilosort4"
ALONE = Path(__file__).parent / "sort_alone.py"


def speed(case: Case) -> list[dict[str, Any]]:
    """A row for the deployed graph and one for the peer; seconds are of sorting alone."""
    with tempfile.TemporaryDirectory() as folder:
        out, saved, sorted_ = Path(folder) / "run", Path(folder) / "recording", Path(folder) / "sorting"
        source = from_sorting(case.made.sorting)
        results = calibrate(case.made.recording, source, out, labelled_s=case.labelled_s, described=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # arrays in memory have no provenance
            case.made.recording.save(folder=saved, format="binary", verbose=False, progress_bar=False)
        command = [sys.executable, str(ALONE), str(out / "model.onnx"), str(saved), str(sorted_)]
        took = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        found = si.load(sorted_)
        more = {"parameters": results["parameters"], "weight_bits": results["weight_bits"]}
        more["peak_mb"] = round(took["peak_bytes"] / 2**20)
        own = case.row("local_sorter", "60 s", found, took["seconds"], **more)
    peer = case.peer(PEER)
    ratios = {"times_faster": peer["seconds"] / took["seconds"], "times_less_memory": peer["peak_mb"] / own["peak_mb"]}
    return [own | {name: round(ratio, 1) for name, ratio in ratios.items()}, peer]
