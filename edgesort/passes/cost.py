"""What a graph costs, node by node: multiplications, constants and state, and a target's cycles at the sample rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Op

WORD = 4  # bytes: no state needs more than 32 bits


@dataclass(frozen=True)
class Cost:
    """macs, cycles: an input frame, on average. constant_bytes, state_bytes: in the narrowest containers."""

    node: str
    macs: float
    macs_per_second: float
    constant_bytes: int
    state_bytes: int
    cycles: float | None


def costs(graph: Graph, cycles: Mapping[str, int | None]) -> tuple[Cost, ...]:
    """cycles: what each node's cell takes for a frame of its first input, where the target has one."""
    return tuple(_cost(graph, node, cycles.get(node.name)) for node in graph.nodes)


def _cost(graph: Graph, node: Node, cycles: int | None) -> Cost:
    macs = node.op.macs(*graph.ins(node)) / graph.rate(node.name)
    state = node.op.initial_state(*graph.ins(node))
    return Cost(
        node.name,
        macs,
        macs * graph.sampling_frequency,
        constant_bytes(node.op),
        sum(part.size * min(part.itemsize, WORD) for part in state),
        None if cycles is None else cycles / graph.rate(node.inputs[0]),
    )


def constant_bytes(op: Op) -> int:
    """Bytes of the op's tables."""
    values = [getattr(op, field.name) for field in fields(op)]
    tables = [np.asarray(value) for value in values if isinstance(value, tuple | np.ndarray)]
    return sum(_table_bytes(table) for table in tables if table.size > 1)


def _table_bytes(table: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    return int(table.size * Int.holding(min(int(table.min()), -1), int(table.max())).container.itemsize)
