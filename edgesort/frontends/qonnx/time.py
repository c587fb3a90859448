"""Where windows and streams meet in time, and the Delay nodes that it takes.

A tensor [1, C, T] of the windowed network is a part of a stream: its index i is the stream's frame start + i. With a
window that begins at sample `start` of the recording,

    Window, pools   the newest frame of output 0 is start + span; a stride s asks that this be s - 1 modulo s, and then
                    start' = (start + span + 1) / s - 1
    Upsample by f   start' = (start + 1) * f - 1, and the same for DepthToTime
    Slice from a    start' = start + a
    joins           the streams that begin earlier wait for the one that begins last

Where a stride does not fit, a Delay makes it fit. Which delays are needed depends on where the window begins modulo
the longest period, so all beginnings are tried, and the one with the fewest delays is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Node, Op, Stream
from edgesort.ops import AveragePool, Delay, DepthToTime, MaxPool, Upsample, Window

Tap = tuple[str, int]  # a node's name, and how many of the tensor's first frames are left out


@dataclass(frozen=True)
class Step:
    """A node of the graph to be, before the delays are known."""

    name: str
    op: Op
    taps: tuple[Tap, ...]


@dataclass(frozen=True)
class Timing:
    """The nodes with their delays; the sample at which a window begins; where each node's tensor begins in its stream.

    late: input samples by which the delays that were put in hold back each node's output.
    """

    nodes: tuple[Node, ...]
    begin: int
    starts: Mapping[str, int]
    late: Mapping[str, int]


def rule(op: Op) -> tuple[int, int, int]:
    """How an op moves frames in the windowed network: span, stride and factor."""
    if isinstance(op, Window | MaxPool | AveragePool):
        return op.span(), op.stride, 1
    if isinstance(op, Upsample | DepthToTime):
        return 0, 1, op.factor
    return 0, 1, 1


def align(steps: list[Step], source: str, streams: Mapping[str, Stream]) -> Timing:
    """Put in the delays that make every node of the graph see what it sees in the windowed network."""
    begins = np.arange(lcm(1, *(streams[step.name].period for step in steps)))
    starts, waits = _starts(steps, source, begins)
    best = int(np.lexsort((begins, *_costs(steps, waits, streams)))[0])
    chosen = {name: int(values[best]) for name, values in starts.items()}
    nodes: list[Node] = []
    made: dict[tuple[str, int], str] = {}
    names = set(streams)
    for step, step_waits in zip(steps, waits, strict=True):
        inputs = []
        for (name, _), wait in zip(step.taps, (int(w[best]) for w in step_waits), strict=True):
            if wait and (name, wait) not in made:
                made[name, wait] = _unused(f"{name}_delay", names)
                nodes.append(Node(made[name, wait], Delay(wait), (name,)))
            inputs.append(made[name, wait] if wait else name)
        nodes.append(Node(step.name, step.op, tuple(inputs)))
    begin = int(begins[best])
    late = {
        name: (chosen[name] + 1) * streams[name].period - 1 - begin - soonest
        for name, soonest in _soonest(steps, source, streams).items()
    }
    return Timing(tuple(nodes), begin, chosen, late)


def _starts(steps: list[Step], source: str, begins: Array) -> tuple[dict[str, Array], list[list[Array]]]:
    """For every beginning of the window: each tensor's start, and how long each tap of each step must wait."""
    starts, waits = {source: begins}, []
    for step in steps:
        span, stride, factor = rule(step.op)
        given = [starts[name] + crop for name, crop in step.taps]
        newest = np.max(given, axis=0) + span
        newest = newest + (stride - 1 - newest) % stride
        waits.append([newest - span - start for start in given])
        starts[step.name] = ((newest + 1) // stride) * factor - 1
    return starts, waits


def _costs(steps: list[Step], waits: list[list[Array]], streams: Mapping[str, Stream]) -> tuple[Array, Array]:
    """For every beginning of the window: the elements that all delays hold, and how many delays there are."""
    taps = [(name, wait) for step, given in zip(steps, waits, strict=True) for (name, _), wait in
            zip(step.taps, given, strict=True)]  # fmt: skip
    count, held = np.zeros((2, *taps[0][1].shape), np.int64) if taps else np.zeros((2, 1), np.int64)
    seen: dict[str, list[Array]] = {}
    for name, wait in taps:
        new = wait > 0
        for earlier in seen.setdefault(name, []):
            new = new & (wait != earlier)
        seen[name].append(wait)
        count = count + new
        held = held + new * wait * streams[name].size
    return held, count


def _soonest(steps: list[Step], source: str, streams: Mapping[str, Stream]) -> dict[str, int]:
    """The sample of the window at which each tensor's first frame could leave if nothing had to wait."""
    soonest = {source: 0}
    for step in steps:
        ready = [soonest[name] + crop * streams[name].period for name, crop in step.taps]
        soonest[step.name] = max(ready) + rule(step.op)[0] * streams[step.taps[0][0]].period
    return soonest


def _unused(name: str, names: set[str]) -> str:
    while name in names:
        name += "_"
    names.add(name)
    return name
