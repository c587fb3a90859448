"""Recorded samples for the benches, and builds verified on them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

import edgesort
from edgesort.data import catalog
from edgesort.data.recordings import check_recording, frames, load_recording
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.share import share
from edgesort.targets.target import Options
from edgesort.verify import Verdict


def raw_frames(graph: Graph, seconds: float) -> Array:
    """The first `seconds` of the neuralink_n1 files joined in order of their names, int16 [T, 1]."""
    count, parts = round(seconds * graph.sampling_frequency), []
    for path in catalog.get("neuralink_n1"):
        recording = load_recording(path)
        check_recording(recording, graph)
        parts.append(frames(recording))
        if sum(map(len, parts)) >= count:
            break
    return np.concatenate(parts)[:count]


def built(model: str, target: str, seconds: float) -> tuple[edgesort.Build, list[Verdict]]:
    """A shipped model built for a target and verified on `seconds` of raw N1 samples; its folder is gone by then."""
    path = share("models", model, "model.onnx")
    graph = edgesort.load(path)
    with tempfile.TemporaryDirectory() as folder:
        vectors = {"raw N1 files": raw_frames(graph, seconds)}
        options = Options(allow_overrun=True)
        build = edgesort.compile(graph, target, Path(folder) / target, path, vectors, options=options)
        return build, edgesort.verify(build)
