"""A Graph as JSON and back: how a Build keeps the graph that it was made from."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Op, Stream
from edgesort.ops import OPS


def to_json(graph: Graph) -> dict[str, Any]:
    """Plain lists, numbers and strings; from_json gives a graph of the same digest."""
    return {
        "name": graph.name,
        "sampling_frequency": graph.sampling_frequency,
        "input": [graph.input[0], _plain(graph.input[1])],
        "nodes": [
            {
                "name": node.name,
                "op": node.op.kind,
                "inputs": list(node.inputs),
                "parameters": {f.name: _plain(getattr(node.op, f.name)) for f in fields(node.op)},
                **({} if node.dtype is None else {"dtype": _plain(node.dtype)}),
            }
            for node in graph.nodes
        ],
        "outputs": list(graph.outputs),
        "labels": list(graph.labels),
        "event_delay": graph.event_delay,
        "provenance": [list(pair) for pair in graph.provenance],
    }


def from_json(data: dict[str, Any]) -> Graph:
    """The graph; GraphError if the data is not one that to_json wrote."""
    try:
        stream = data["input"][1]
        return Graph(
            data["name"],
            data["sampling_frequency"],
            (data["input"][0], Stream(tuple(stream["shape"]), Int(**stream["dtype"]["int"]), stream["period"])),
            tuple(Node(n["name"], _op(n), tuple(n["inputs"]), _value(n.get("dtype"))) for n in data["nodes"]),
            tuple(data["outputs"]),
            tuple(data["labels"]),
            data["event_delay"],
            tuple((k, v) for k, v in data["provenance"]),
        ).check()
    except (KeyError, TypeError, IndexError, StopIteration) as error:
        raise GraphError(f"graph file: expected what edgesort wrote, found {error!r}; compile again") from None


def _op(data: dict[str, Any]) -> Op:
    kind = next(kind for kind in OPS if kind.kind == data["op"])
    return kind(**{name: _value(value) for name, value in data["parameters"].items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Int):
        return {"int": {"bits": value.bits, "signed": value.signed, "exponent": value.exponent}}
    if isinstance(value, Stream):
        return {"shape": list(value.shape), "dtype": _plain(value.dtype), "period": value.period}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def _value(value: Any) -> Any:
    if isinstance(value, dict) and "int" in value:
        return Int(**value["int"])
    if isinstance(value, dict):
        return np.array(value["array"], np.int64)
    if isinstance(value, list):
        return tuple(_value(v) for v in value)
    return value
