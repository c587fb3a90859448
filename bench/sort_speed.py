"""Sorting 32 channels beside kilosort4 on the same cores: seconds and memory, each in a process of its own."""

from __future__ import annotations

import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import spikeinterface.core as si
from sorting import Case
from threadpoolctl import threadpool_limits

import edgesort
from edgesort.data.teachers import peak_bytes
from edgesort.sort import sort
from edgesort.train.calibrate import calibrate, from_sorting

PEER = "kilosort4"
CORES = 2


def speed(case: Case) -> list[dict[str, Any]]:
    """A row for the deployed graph and one for the peer; seconds are of sorting alone."""
    with tempfile.TemporaryDirectory() as folder:
        out, saved = Path(folder) / "run", Path(folder) / "recording"
        source = from_sorting(case.made.sorting)
        results = calibrate(case.made.recording, source, out, labelled_s=case.labelled_s, described=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # arrays in memory have no provenance
            case.made.recording.save(folder=saved, format="binary", verbose=False, progress_bar=False)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found, seconds, held = pool.submit(_sorted, out / "model.onnx", saved).result()
    more = {"parameters": results["parameters"], "weight_bits": results["weight_bits"]}
    own = case.row("local_sorter", "60 s", found, seconds, peak_mb=round(held / 2**20), **more)
    peer = case.peer(PEER)
    ratios = {"times_faster": peer["seconds"] / seconds, "times_less_memory": peer["peak_mb"] / own["peak_mb"]}
    return [own | {name: round(ratio, 1) for name, ratio in ratios.items()}, peer]


def _sorted(model: Path, recording: Path) -> tuple[si.BaseSorting, float, int]:
    graph, samples = edgesort.load(model), si.load(recording)
    with threadpool_limits(CORES):
        began = time.perf_counter()
        found = sort(graph, samples)
        return found, time.perf_counter() - began, peak_bytes()
