"""Speed of the exact reference on this machine: a whole recording through the shipped sorter, one core."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import record
import spikeinterface.core as si
from recorded import raw_frames
from threadpoolctl import threadpool_limits

import edgesort
from edgesort.share import share
from edgesort.sort import save, sort

SECONDS = 60.0


def measure() -> list[dict[str, Any]]:
    """One row a job on 60 s of raw N1 samples: seconds, times real time, MAC/s, the largest memory so far."""
    path = share("models", "cnn_sorter", "model.onnx")
    graph = edgesort.load(path)
    samples = raw_frames(graph, SECONDS)
    macs = sum(node.op.macs(*graph.ins(node)) for node in graph.nodes) * len(samples)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        clock = time.perf_counter()
        save(sort(graph, si.NumpyRecording([samples], graph.sampling_frequency)), Path(folder) / "sorting")
        rows = [_row("sort: the reference, and a SpikeInterface folder", macs, time.perf_counter() - clock)]
        clock = time.perf_counter()
        build = edgesort.compile(graph, "host", Path(folder) / "host", path)
        rows.append(_row("compile for host, gcc included", 0, time.perf_counter() - clock))
        clock = time.perf_counter()
        (executor,) = build.executors()
        values = sum(value.size for piece in executor.run(samples) for value in piece.values())
        rows.append(_row(f"host C, all {values:,} values traced", macs, time.perf_counter() - clock))
    return rows


def _row(job: str, macs: int, seconds: float) -> dict[str, Any]:
    return {
        "job": job,
        "seconds": round(seconds, 2),
        "times_real_time": round(SECONDS / seconds, 1) if macs else None,
        "mac_per_s": round(macs / seconds) if macs else None,
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    record.main("host", measure, __doc__ or "")
