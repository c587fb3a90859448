"""One sorting in a process that holds nothing else: MODEL RECORDING OUT; prints its seconds and the most bytes held."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import spikeinterface.core as si
from threadpoolctl import threadpool_limits

import edgesort
from edgesort.data.teachers import peak_bytes
from edgesort.sort import save, sort

CORES = 2


def main(model: Path, recording: Path, out: Path) -> None:
    graph, samples = edgesort.load(model), si.load(recording)
    with threadpool_limits(CORES):
        began = time.perf_counter()
        found = sort(graph, samples)
        seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_bytes": peak_bytes()}))
    save(found, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
