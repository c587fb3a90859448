"""What can compute a graph beside the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from edgesort.fixed import Array
from edgesort.graph import Values


@dataclass(frozen=True)
class Executor:
    """Something that computes the graph: the host's C, an emulated core, RTL, a netlist.

    run(frames [T, *input shape]) yields, in order, pieces of the values of the nodes it can show
    ({node: [n, *shape]}, any piece size). seconds: how much of a recording `verify` gives it unless
    told otherwise. shows: the nodes whose values it owes for every frame; none named means the graph's
    outputs. skip: frames at the start for which it yields no values.
    """

    name: str
    seconds: float
    run: Callable[[Array], Iterator[Values]]
    shows: tuple[str, ...] = ()
    skip: int = 0
