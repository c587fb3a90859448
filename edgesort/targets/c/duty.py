"""What a gate saves on recorded frames, and what it costs when it is open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.ops import MaxPool
from edgesort.passes import prune
from edgesort.passes.reach import Gate, gate_of
from edgesort.targets.c.count import Counts
from edgesort.targets.target import BuildError


def duty(graph: Graph, frames: Array) -> dict[str, Any]:
    """gate_duty: the share of these frames [T, *input shape] in which the network behind the gate is awake. Nothing for
    a graph without a gate."""
    gate = gate_of(graph)
    return {} if gate is None else {"gate_duty": round(float(_awake(graph, gate, frames).mean()), 4)}


def waking(graph: Graph, frames: Array) -> Array | None:
    """The frames, made louder by the least power of two at which they open the gate, with all that it wakes; None if
    they do so as they are, or if there is no gate. BuildError if nothing wakes it."""
    gate, kind = gate_of(graph), graph.input[1].dtype
    if gate is None or _opens(graph, gate, frames):
        return None
    for louder in range(1, kind.bits):
        heard: Array = np.clip(frames.astype(np.int64) << louder, kind.min, kind.max).astype(kind.container)
        if _opens(graph, gate, heard):
            return heard
    raise BuildError(
        f"{graph.name}: expected recorded frames that open the gate when they are loud, to judge real time by, found "
        "none; give others, or lower the gate's level"
    )


def _opens(graph: Graph, gate: Gate, frames: Array) -> bool:
    """True if the network wakes early enough for the gate to open."""
    return bool(_awake(graph, gate, frames)[: -gate.ahead - 1].any())


def _awake(graph: Graph, gate: Gate, frames: Array) -> Array:
    """For each frame of the gate's bit, 1 if the network is awake."""
    part = prune(replace(graph, outputs=(gate.above,), labels=()))
    _, values = part.run(part.initial_state(), frames)
    hold = MaxPool(gate.frames + gate.ahead)
    _, awake = hold.run(hold.initial_state(part.streams[gate.above]), values[gate.above])
    return awake


def worst(counts: Counts, awake: Counts) -> Counts:
    """The counts, with the worst of both."""
    most = max(counts.instructions_worst, awake.instructions_worst)
    known = [each for each in (counts.cycles_worst, awake.cycles_worst) if each is not None]
    return replace(counts, instructions_worst=most, cycles_worst=max(known, default=None))
