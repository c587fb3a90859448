"""What a gate saves on recorded frames, and frames on which it saves nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.ops import MaxPool
from edgesort.passes import prune
from edgesort.passes.reach import gate_of
from edgesort.targets.c.count import Counts

LOUD = 4  # times as many frames as the network needs to fill and wake


def is_gated(graph: Graph) -> bool:
    """True if nodes of the graph sleep."""
    return gate_of(graph) is not None


def duty(graph: Graph, frames: Array) -> dict[str, Any]:
    """gate_duty: the share of these frames [T, *input shape] in which the network behind the gate is awake. Nothing for
    a graph without a gate."""
    gate = gate_of(graph)
    if gate is None:
        return {}
    part = prune(replace(graph, outputs=(gate.above,), labels=()))
    _, values = part.run(part.initial_state(), frames)
    hold = MaxPool(gate.frames + gate.ahead)
    _, awake = hold.run(hold.initial_state(part.streams[gate.above]), values[gate.above])
    return {"gate_duty": round(float(awake.mean()), 4)}


def worst(counts: Counts, awake: Counts) -> Counts:
    """The counts, with the worst of both."""
    most = max(counts.instructions_worst, awake.instructions_worst)
    cycles = (counts.cycles_worst, awake.cycles_worst)
    known = [each for each in cycles if each is not None]
    return replace(counts, instructions_worst=most, cycles_worst=max(known, default=None))


def loud(graph: Graph) -> Array:
    """Noise of the full range (fixed seed), which wakes the network for good: the worst that a sample can ask for."""
    stream = graph.input[1]
    count = LOUD * graph.cycle * graph.receptive_field
    shape = (count, *stream.shape)
    return (
        np.random.default_rng(0).integers(stream.dtype.min, stream.dtype.max + 1, shape).astype(stream.dtype.container)
    )
