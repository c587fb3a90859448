"""The cheapest of all combinations of choices, exactly: node by node, without what another combination beats.

What counts of a combination: its cost, its multipliers, when each stream that still matters has its last element, and
which cells that are together too slow it could still have in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edgesort.graph import Graph, Node
from edgesort.targets.verilog.cells import Cell

Slow = Mapping[str, Cell]  # cells that together do not keep up, nor do any that are no faster


@dataclass(frozen=True)
class Step:
    """A choice for a node, with its cost, its multipliers, and the cycles that it adds to the latency."""

    cell: Cell
    cost: int
    multipliers: int
    delay: int


@dataclass(frozen=True)
class Partial:
    """Choices for the first nodes: what they cost, when each stream that still matters has its last element, and for
    each of the sets that are too slow 1 while no cell is faster than its own."""

    cost: int
    multipliers: int
    arrives: tuple[tuple[str, int], ...]
    slow: tuple[int, ...]
    cells: tuple[Cell, ...]


def speed(one: Cell) -> tuple[int, int, int]:
    """Of a cell that can be folded: more in nothing is no faster."""
    return one.latency or one.cycles, -int(dict(one.parameters).get("HALVES", 1)), -min(one.lanes, 2)


def too_slow(cells: Mapping[str, Cell], slow: Slow) -> bool:
    return all(no_faster(cells[name], one) for name, one in slow.items())


def no_faster(one: Cell, other: Cell) -> bool:
    """True if one is not faster than the other in anything."""
    return all(mine >= its for mine, its in zip(speed(one), speed(other), strict=True))


def cheapest(
    graph: Graph, steps: Mapping[str, Sequence[Step]], multipliers: int, bound: float, slow: Sequence[Slow]
) -> dict[str, Cell] | None:
    """The cheapest combination within the bound, with so many multipliers at most; None if there is none."""
    tells = _telling(graph)
    timed = bound < float("inf")
    lasts = [max(k for k, node in enumerate(graph.nodes) if node.name in one) for one in slow]
    partial = [Partial(0, 0, ((graph.input[0], 0),) if timed else (), (1,) * len(slow), ())]
    for k, node in enumerate(graph.nodes):
        later = {name for after in graph.nodes[k + 1 :] for name in tells[after.name]} | set(graph.outputs)
        done = [j for j, last in enumerate(lasts) if last <= k]
        grown = (_with(p, node, tells[node.name], step, later, slow) for p in partial for step in steps[node.name])
        able = (p for p in grown if p.multipliers <= multipliers and all(at <= bound for _, at in p.arrives))
        partial = _unbeaten(p for p in able if not any(p.slow[j] for j in done))
    if not partial:
        return None
    best = min(partial, key=lambda p: p.cost)
    return dict(zip((node.name for node in graph.nodes), best.cells, strict=True))


def _telling(graph: Graph) -> dict[str, list[str]]:
    """For each node the inputs that may arrive last: none that another one of them depends on."""
    before: dict[str, set[str]] = {graph.input[0]: set()}
    for node in graph.nodes:
        before[node.name] = set(node.inputs).union(*(before[name] for name in node.inputs))
    return {n.name: [a for a in n.inputs if not any(a in before[b] for b in n.inputs)] for n in graph.nodes}


def _with(
    partial: Partial, node: Node, inputs: Sequence[str], step: Step, later: set[str], slow: Sequence[Slow]
) -> Partial:
    """One more node."""
    arrives = dict(partial.arrives)
    if arrives:
        arrives[node.name] = max(arrives[name] for name in inputs) + step.delay
    still = (int(node.name not in one or no_faster(step.cell, one[node.name])) for one in slow)
    return Partial(
        partial.cost + step.cost,
        partial.multipliers + step.multipliers,
        tuple((name, at) for name, at in arrives.items() if name in later),
        tuple(before and now for before, now in zip(partial.slow, still, strict=True)),
        (*partial.cells, step.cell),
    )


def _unbeaten(found: Iterable[Partial]) -> list[Partial]:
    """Those that no other one is as good as in everything."""
    ranked = sorted(found, key=lambda p: (p.cost, p.multipliers, p.arrives, p.slow))
    rows = np.array([(p.multipliers, *p.slow, *(at for _, at in p.arrives)) for p in ranked])
    best: list[int] = []
    kept = np.empty_like(rows)
    for k, row in enumerate(rows):
        if not (kept[: len(best)] <= row).all(axis=1).any():
            kept[len(best)] = row
            best.append(k)
    return [ranked[k] for k in best]
