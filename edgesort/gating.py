"""Event gating: the network computes only around what a detector sees, and its scores count only there.

graph = edgesort.gate(graph, "scale>48")           a level
graph = edgesort.gate(graph, 4, frames)            4 times the noise of recorded frames

The values are those of the gated graph, a graph as any other: see passes/gate.py. Targets in C leave out what matters
to no score that comes through; others compute everything and give the same.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, GraphError
from edgesort.passes import change, prune
from edgesort.passes.gate import around_of, begin_of
from edgesort.passes.gate import gate as gated

SIGMA = 0.6745  # of the median of |x| where x is normal noise


def gate(
    graph: Graph, by: float | str, frames: Array | None = None, before: int | None = None, after: int | None = None
) -> Graph:
    """The gated graph. by: NODE>INTEGER, or multiples of the noise that the network's input has in recorded frames
    [T, *input shape]. before, after: frames of the node around one above the level, whose scores count.

    The noise is median(|x|) / 0.6745, of each channel by itself. GraphError if the graph, or what is given, cannot be.
    """
    name, level, said = _named(by) if isinstance(by, str) and ">" in by else _measured(graph, by, frames)
    made = gated(graph, name, level, before, after)
    history = (*graph.history, change("gate", graph, made))
    around = around_of(made)
    about = f"|{name}| > {', '.join(map(str, level))}{said}, from {around.before} frames before to {around.after} after"
    return replace(made, provenance=(*graph.provenance, ("gate", about)), history=history)


def _named(by: str) -> tuple[str, tuple[int, ...], str]:
    name, _, level = by.rpartition(">")
    if not re.fullmatch(r" *\d+ *", level, re.ASCII):
        raise GraphError(f"gate: expected NODE>INTEGER with an integer of 0 or more, found {by}")
    return name.strip(), (int(level),), ""


def _measured(graph: Graph, by: float | str, frames: Array | None) -> tuple[str, tuple[int, ...], str]:
    """The node at which the network begins, and the level of each channel."""
    try:
        times = float(by)
    except ValueError:
        times = -1.0
    if not 0 < times < float("inf"):
        raise GraphError(f"gate: expected NODE>INTEGER or multiples of the noise above 0, found {by}")
    name = begin_of(graph)
    if frames is None or not len(frames):
        raise GraphError(
            f"gate: expected recorded frames to measure the noise of {name} on, found none; "
            f"give a recording, or a level: '{name}>INTEGER'"
        )
    noise = _noise(graph, name, frames)
    if not noise.all():
        raise GraphError(f"gate: expected noise above 0 in each channel of {name}, found {noise.tolist()}")
    level = tuple(int(each) for each in np.floor(times * noise))
    return name, level, f" ({times:g} times its noise)"


def _noise(graph: Graph, name: str, frames: Array) -> Array:
    """float64 [C], C: the last axis of the node's frames."""
    part = prune(replace(graph, outputs=(name,), labels=()))
    _, values = part.run(part.initial_state(), frames)
    size = np.abs(values[name].astype(np.int64))
    noise: Array = np.median(size.reshape(-1, size.shape[-1]), axis=0) / SIGMA
    return noise
