"""Many cases in one graph, so that one build and one run of a machine proves them all."""

from collections.abc import Iterator, Sequence

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Requant, Reshape, Slice, Window
from tests import corners

Case = tuple[str, Op, tuple[Stream, ...]]
WIDEST = Int(32)


def joined(cases: Sequence[Case]) -> Graph:
    """A branch a case, from its own part of the input, which is wide enough for the values of every stream."""
    width = sum(stream.size for stream in _streams(cases))
    nodes, first = [], 0
    for name, op, streams in cases:
        name = name.replace("-", "_")
        nodes += _branch(name, op, streams, first)
        first += sum(stream.size for stream in streams)
    return Graph("joined", 1000.0, ("x", Stream((width,), WIDEST)), tuple(nodes), (nodes[-1].name,)).check()


def frames(cases: Sequence[Case], count: int, seed: int) -> np.ndarray:
    """Frames whose parts corner each case's own types."""
    drawn = [corners.frames(stream, count, seed + k) for k, stream in enumerate(_streams(cases))]
    wide = np.concatenate([part.reshape(count, -1).astype(np.int64) for part in drawn], axis=1)
    return np.clip(wide, WIDEST.min, WIDEST.max)


def _streams(cases: Sequence[Case]) -> Iterator[Stream]:
    return (stream for _, _, streams in cases for stream in streams)


def _branch(name: str, op: Op, streams: tuple[Stream, ...], first: int) -> Iterator[Node]:
    inputs = []
    for k, stream in enumerate(streams):
        steps: list[Op] = [Slice(first, first + stream.size), Requant((0,), stream.dtype)]
        steps += [Window(1, stride=stream.period)] if stream.period > 1 else []
        steps += [Reshape(stream.shape)] if len(stream.shape) > 1 or stream.period > 1 else []
        last = "x"
        for step in steps:
            node = Node(f"{name}_x{k}_{step.kind}", step, (last,))
            yield node
            last = node.name
        inputs.append(last)
        first += stream.size
    yield Node(name, op, tuple(inputs))
