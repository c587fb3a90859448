"""Graph in, graph out. Each pass keeps every output value; the graph is checked after each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edgesort.graph import Graph
from edgesort.passes.common import common
from edgesort.passes.delays import align, share_delays
from edgesort.passes.fold import fold
from edgesort.passes.narrow import narrow
from edgesort.passes.prune import prune

PASSES: tuple[Callable[[Graph], Graph], ...] = (fold, common, share_delays, prune, narrow)


@dataclass(frozen=True)
class Change:
    """What a pass made of a graph."""

    by: str
    before: Graph
    after: Graph


def journal(graph: Graph) -> tuple[Change, ...]:
    """All passes in order, and what each did."""
    changes = []
    for run in PASSES:
        after = run(graph).check()
        changes.append(Change(run.__name__, graph, after))
        graph = after
    return tuple(changes)


def simplify(graph: Graph) -> Graph:
    """All passes in order."""
    return journal(graph)[-1].after


__all__ = ["PASSES", "Change", "align", "common", "fold", "journal", "narrow", "prune", "share_delays", "simplify"]
