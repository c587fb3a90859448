"""The parity matrix's graphs: one op between an input and an output."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Requant, Slice, Window


def case_graph(op: Op, streams: tuple[Stream, ...]) -> Graph:
    """`op` alone. Of several inputs each is a part of the graph's input, sliced from it and cut to its type."""
    if len(streams) == 1:
        (x,) = streams
        period = op.infer(x).period
        if period < x.period:  # the op raises the rate, so something must lower it before
            nodes = (Node("slow", Window(1, stride=x.period // period), ("x",)), Node("y", op, ("slow",)))
            return Graph("case", 1000.0, ("x", Stream(x.shape, x.dtype, period)), nodes, ("y",)).check()
        return Graph("case", 1000.0, ("x", x), (Node("y", op, ("x",)),), ("y",)).check()
    low, high = min(s.dtype.min for s in streams), max(s.dtype.max for s in streams)
    width = sum(s.shape[-1] for s in streams)
    source = Stream((*streams[0].shape[:-1], width), Int.holding(low, high), streams[0].period)
    nodes, first = [], 0
    for k, stream in enumerate(streams):
        nodes.append(Node(f"part{k}", Slice(first, first + stream.shape[-1]), ("x",)))
        nodes.append(Node(f"x{k}", Requant((0,), stream.dtype), (f"part{k}",)))
        first += stream.shape[-1]
    nodes.append(Node("y", op, tuple(f"x{k}" for k in range(len(streams)))))
    return Graph("case", 1000.0, ("x", source), tuple(nodes), ("y",)).check()


def stepped(graph: Graph, frames: np.ndarray) -> dict[str, np.ndarray]:
    """Every node's values by repeated `step`, the normative definition."""
    state, values = graph.initial_state(), {name: [] for name in graph.streams}
    for frame in frames:
        state, fresh = graph.step(state, frame)
        for name, value in fresh.items():
            values[name].append(np.asarray(value, np.int64))
    return {name: np.array(v, np.int64).reshape(-1, *graph.streams[name].shape) for name, v in values.items()}


def difference(expected: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> str | None:
    """None if every value is equal, else the first name whose values differ and where."""
    for name, wanted in expected.items():
        if wanted.shape != found[name].shape:
            return f"{name}: expected {wanted.shape}, found {found[name].shape}"
        wrong = np.argwhere(wanted.astype(np.int64) != found[name].astype(np.int64))
        if len(wrong):
            at = tuple(wrong[0])
            return f"{name}{list(map(int, at))}: expected {wanted[at]}, found {found[name][at]} ({len(wrong)} differ)"
    return None
