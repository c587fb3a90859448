"""Two executors over the same frames, node by node: equal means every value, and the first mismatch is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Graph, Values

CHUNK = 1 << 14


@dataclass(frozen=True)
class Mismatch:
    """The first value that differs. frame counts input frames; index is the element in the node's frame."""

    node: str
    frame: int
    index: int
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.node}, frame {self.frame}, element {self.index}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True)
class Verdict:
    """What one executor was shown to compute. frames: input frames for which every output was compared."""

    name: str
    frames: int
    values: int
    mismatches: int
    first_mismatch: Mismatch | None
    nodes: tuple[str, ...] = ()
    missing: str | None = None

    @property
    def equal(self) -> bool:
        """True only if something was compared, nothing was missing and nothing differed."""
        return self.frames > 0 and self.values > 0 and self.mismatches == 0 and self.missing is None

    def to_json(self) -> dict[str, Any]:
        return {"equal": self.equal, **asdict(self)}


def reference(graph: Graph, frames: Array, chunk: int = CHUNK) -> Iterator[Values]:
    """The values of every node, as pieces of at most `chunk` input frames."""
    state = graph.initial_state()
    for start in range(0, len(frames), chunk):
        state, values = graph.run(state, frames[start : start + chunk])
        yield values


def compare(graph: Graph, executor: Executor, frames: Array) -> Verdict:
    """Run `executor` on frames [T, *input shape] and compare every value it shows with the reference's."""
    owed = executor.shows or graph.outputs
    expected = _Tape(_skipped(graph, reference(graph, frames), executor.skip), owed)
    order = {node.name: position for position, node in enumerate(graph.nodes)}
    counts: dict[str, int] = {}
    mismatches, worst = 0, None
    for piece in executor.run(frames):
        for node, found in piece.items():
            if node not in owed:
                continue
            done = counts.get(node, 0)
            wanted = expected.take(node, len(found))
            if wanted.shape != found.shape:
                shapes = f"{node}: expected values of shape {wanted.shape}, found {found.shape}"
                return Verdict(executor.name, 0, sum(counts.values()), mismatches, None, tuple(counts), shapes)
            counts[node] = done + len(found)
            wrong = np.argwhere(wanted.astype(np.int64) != found.astype(np.int64))
            if not len(wrong):
                continue
            mismatches += len(wrong)
            at, period = tuple(wrong[0]), graph.rate(node)
            frame = (done + int(at[0]) + 1) * period - 1 + executor.skip
            index = int(np.ravel_multi_index(at[1:], found.shape[1:])) if found.ndim > 1 else 0
            first = Mismatch(node, frame, index, int(wanted[at]), int(found[at]))
            worst = min(worst or first, first, key=lambda m: (m.frame, order[m.node]))
    missing = _missing(graph, owed, counts, len(frames) - executor.skip)
    shown = [counts.get(node, 0) * graph.rate(node) for node in owed]
    values = sum(count * graph.streams[node].size for node, count in counts.items())
    return Verdict(executor.name, min(shown), values, mismatches, worst, tuple(counts), missing)


def _missing(graph: Graph, owed: tuple[str, ...], counts: dict[str, int], frames: int) -> str | None:
    """The first node that did not show a value for every frame."""
    for node in owed:
        due = frames // graph.rate(node)
        if counts.get(node, 0) != due:
            return f"{node}: expected {due} frames, found {counts.get(node, 0)}"
    return None


def _skipped(graph: Graph, pieces: Iterator[Values], skip: int) -> Iterator[Values]:
    """The pieces without the first `skip` input frames."""
    left = {name: skip // graph.rate(name) for name in graph.streams}
    for piece in pieces:
        yield {name: values[left[name] :] for name, values in piece.items()}
        left = {name: max(0, left[name] - len(values)) for name, values in piece.items()}


class _Tape:
    """Pieces of node values, read at a pace of its own for each node."""

    def __init__(self, pieces: Iterator[Values], nodes: tuple[str, ...]) -> None:
        self.pieces = pieces
        self.waiting: dict[str, list[Array]] = {node: [] for node in nodes}

    def take(self, node: str, count: int) -> Array:
        """The next `count` frames of a node, fewer at the end."""
        while sum(len(part) for part in self.waiting[node]) < count:
            piece = next(self.pieces, None)
            if piece is None:
                break
            for name, parts in self.waiting.items():
                parts.append(piece[name])
        joined = np.concatenate(self.waiting[node] or [np.zeros(0)])
        self.waiting[node] = [joined[count:]]
        return joined[:count]
