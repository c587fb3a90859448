"""Recorded samples for the benches."""

from __future__ import annotations

import numpy as np

from edgesort.data import catalog
from edgesort.data.recordings import check_recording, frames, load_recording
from edgesort.fixed import Array
from edgesort.graph import Graph


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
