"""Graph in, graph out. Each pass keeps every output value; the graph is checked after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from edgesort.graph import Change, Graph
from edgesort.passes.channels import channels
from edgesort.passes.common import common, meaning
from edgesort.passes.delays import share_delays
from edgesort.passes.fold import fold
from edgesort.passes.narrow import narrow
from edgesort.passes.prune import prune

PASSES: tuple[Callable[[Graph], Graph], ...] = (fold, common, share_delays, prune, narrow)
NAMED = 5  # nodes that a line of the history names


def simplify(graph: Graph) -> Graph:
    """All passes in order; the graph's history says what each did."""
    for run in PASSES:
        after = run(graph).check()
        graph = replace(after, history=(*graph.history, change(run.__name__, graph, after)))
    return graph


def change(by: str, before: Graph, after: Graph) -> Change:
    """What a pass did."""
    old, new = ({node.name: node for node in graph.nodes} for graph in (before, after))
    both = [name for name in new if name in old]
    types = {name: (before.streams[name].dtype, after.streams[name].dtype) for name in both}
    parts = (
        ("removes", [name for name in old if name not in new]),
        ("adds", [name for name in new if name not in old]),
        ("changes", [n for n in both if meaning(old[n]) != meaning(replace(new[n], dtype=old[n].dtype))]),
        ("narrows", [f"{name} {wide} to {narrow}" for name, (wide, narrow) in types.items() if wide != narrow]),
    )
    what = "; ".join(f"{verb} {_few(names)}" for verb, names in parts if names)
    return Change(by, len(old), len(new), _bits(before) - _bits(after), what or "nothing to do")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _bits(graph: Graph) -> int:
    """Bits of a frame of every stream."""
    return sum(stream.size * stream.dtype.bits for stream in graph.streams.values())


__all__ = ["PASSES", "change", "channels", "common", "fold", "narrow", "prune", "share_delays", "simplify"]
