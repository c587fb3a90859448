"""Common subexpressions: nodes that compute the same become one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from edgesort.graph import Graph, Node


def common(graph: Graph) -> Graph:
    """Of nodes with equal op, constants and inputs the first one stays, and every output under its own name.

    Their states are equal too: they begin alike and see the same frames.
    """
    first: dict[Hashable, str] = {}
    alias: dict[str, str] = {}
    kept = []
    for node in graph.nodes:
        renamed = replace(node, inputs=tuple(alias.get(name, name) for name in node.inputs))
        same = first.setdefault(meaning(renamed), node.name)
        alias[node.name] = same
        if same == node.name or node.name in graph.outputs:
            kept.append(renamed)
    return replace(graph, nodes=tuple(kept))


def meaning(node: Node) -> Hashable:
    """What a node computes: equal for nodes that compute the same."""
    parameters = tuple(_plain(getattr(node.op, field.name)) for field in fields(node.op))
    return node.op.kind, parameters, node.inputs, node.dtype


def _plain(value: Any) -> Hashable:
    return (value.shape, value.astype(np.int64).tobytes()) if isinstance(value, np.ndarray) else value
