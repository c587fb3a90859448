"""Speed of the exact reference on this machine: a whole recording through the shipped sorter, one core."""

from __future__ import annotations

import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import record
import spikeinterface.core as si

import edgesort
from edgesort.share import share
from edgesort.sort import save, sort
from edgesort.targets import find

SECONDS = 60


def measure() -> list[dict[str, Any]]:
    """One row a job: seconds taken, times real time, MAC/s, the process's largest memory so far."""
    model = share("models", "cnn_sorter", "model.onnx")
    graph = edgesort.load(model)
    rng = np.random.default_rng(0)
    samples = (rng.normal(0, 400, (round(SECONDS * graph.sampling_frequency), 1))).astype(np.int16)
    macs = sum(node.op.macs(*graph.ins(node)) for node in graph.nodes)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        recording = si.NumpyRecording([samples], graph.sampling_frequency)
        began = time.perf_counter()
        save(sort(graph, recording), Path(folder) / "sorting")
        rows.append(_row("sort (reference)", len(samples), macs, time.perf_counter() - began))
        for target in ("host",):
            began = time.perf_counter()
            find(target)
            build = edgesort.compile(graph, target, Path(folder) / target)
            rows.append(_row(f"compile for {target}", 0, 0, time.perf_counter() - began))
            (executor,) = build.executors()
            began = time.perf_counter()
            for _ in executor.run(samples):
                pass
            rows.append(_row("host C, every node traced", len(samples), macs, time.perf_counter() - began))
    return rows


def _row(job: str, frames: int, macs: int, seconds: float) -> dict[str, Any]:
    return {
        "job": job,
        "frames": frames,
        "seconds": round(seconds, 2),
        "mac_per_s": round(frames * macs / seconds),
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    record.main("host", measure, __doc__ or "")
