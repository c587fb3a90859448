"""Gated graphs: small ones made for it, random ones, and the reference with what sleeps replaced by noise."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Graph, GraphError, Node, Op, Stream
from edgesort.ops import AveragePool, Biquad, Dense, MaxPool, Peak, Requant, Reshape, Window
from edgesort.passes import gate as gates
from edgesort.passes.reach import Gate, gate_of, opens
from tests import fuzz
from tests.graphs import HIGHPASS, sorter
from tests.passes.networks import residual, unet


def lines() -> Graph:
    """Lines of channels. One score is an output of two axes that the network reads too."""
    rng = np.random.default_rng(3)
    nodes = (
        Node("scale", Requant((6,), Int(8)), ("adc",)),
        Node("window", Window(3), ("scale",)),
        Node("conv", Dense(rng.integers(-9, 10, (3, 6)), rng.integers(-99, 99, 3)), ("window",)),
        Node("act", Requant((3,), Int(8)), ("conv",)),
        Node("wide", Window(2), ("act",)),
        Node("mix", Dense(rng.integers(-9, 10, (3, 6)), rng.integers(-99, 99, 3)), ("wide",)),
        Node("flat", Reshape((6,)), ("mix",)),
        Node("events", Peak((9,) * 6, 2, 3), ("flat",)),
    )
    return Graph("lines", 1000.0, ("adc", Stream((2, 2), Int(14))), nodes, ("act", "events"), event_delay=4).check()


def strided() -> Graph:
    """A score every six frames of the node's, which come every second frame of the input's."""
    rng = np.random.default_rng(4)
    nodes = (
        Node("half", Requant((6,), Int(8)), ("adc",)),
        Node("slow", Window(1, stride=2), ("half",)),
        Node("window", Window(3, dilation=2, stride=3), ("slow",)),
        Node("conv", Dense(rng.integers(-9, 10, (4, 6)), rng.integers(-99, 99, 4)), ("window",)),
        Node("most", MaxPool(3, 2), ("conv",)),
        Node("events", Peak((9,) * 4, 2, 3), ("most",)),
    )
    return Graph("strided", 1000.0, ("adc", Stream((2,), Int(14))), nodes, ("events",), event_delay=40).check()


@dataclass(frozen=True)
class Case:
    """A graph, the same with a gate, the node that its detector reads, and the frames round one above the level."""

    plain: Graph
    graph: Graph
    node: str
    around: gates.Around


def _case(plain: Graph, node: str, level: tuple[int, ...], *around: int) -> Case:
    graph = gates.gate(plain, node, level, *around)
    return Case(plain, graph, node, gates.Around(*around) if around else gates.around_of(graph))


def _tapped(case: Case, source: str, *ops: Op) -> Case:
    """An output of the network's inside, past the gate."""
    names = [source, *(f"tap{k}" for k in range(len(ops)))]
    nodes = tuple(Node(name, op, (before,)) for before, name, op in zip(names, names[1:], ops, strict=False))
    graph = case.graph
    outputs = (*graph.outputs, names[-1])
    return replace(case, graph=replace(graph, nodes=(*graph.nodes, *nodes), outputs=outputs).check())


def examples() -> list[Case]:
    """One channel, several, lines, strides with holds, a skip, and outputs of what would sleep but for them."""
    residuals = _case(residual(3), "in", (120,), 2, 1)
    return [
        _tapped(residuals, "act0"),
        _tapped(residuals, "act0", AveragePool(4)),
        _tapped(residuals, "conv0", Requant((9,), Int(8)), Biquad((HIGHPASS,))),
        _case(sorter(units=2, filters=3, kernel=5), "scale", (100,)),
        _case(sorter(units=2, filters=3, kernel=5, channels=3), "scale", (120, 126, 127), 1, 3),
        _case(lines(), "scale", (127, 127)),
        _case(unet(1, 2), "adc", (20000,), 3, 5),
        _case(strided(), "slow", (120,), 2, 5),
        _case(residual(3), "in", (125,), 0, 0),
    ]


def random_cases(seeds: range) -> Iterator[Case]:
    """One for each seed whose graph can have a gate, at the first node where it can."""
    for seed in seeds:
        graph, rng = fuzz.random_graph(seed), np.random.default_rng(seed)
        for name, stream in graph.streams.items():
            most = max(-stream.dtype.min, stream.dtype.max)
            level = (int(rng.integers(0, most)),)
            try:
                yield _case(graph, name, level, *(() if seed % 2 else rng.integers(0, 7, 2).tolist()))
                break
            except GraphError:
                continue


def frames_of(graph: Graph, seed: int, count: int) -> Array:
    """Corner frames with silence between, so that the gate closes too."""
    data = fuzz.frames(graph, seed, count)
    quiet = np.arange(count) // 20 % 3 > 0
    return np.where(quiet.reshape(-1, *(1,) * (data.ndim - 1)), 0, data).astype(data.dtype)


def awake(gate: Gate, above: Array) -> Array:
    """For each frame of `above`, for how many frames the gate has been seen coming or open."""
    last, since, found = -(1 << 30), 0, []
    for t, one in enumerate(above[:, 0]):
        last = t if one else last
        since = since + 1 if t - last < gate.frames + gate.ahead else 0
        found.append(since)
    return np.array(found)


def poisoned(graph: Graph, frames: Array) -> dict[str, Array]:
    """The values of every node, a frame at a time, where each that need not be computed is noise of its type."""
    gate, rng = gate_of(graph), np.random.default_rng(0)
    waits, state = opens(graph, gate), graph.initial_state()
    seen, rate = awake(gate, graph.run(state, frames)[1][gate.above]), graph.rate(gate.above)
    found: dict[str, list[Array]] = {name: [] for name in graph.streams}
    for t, frame in enumerate(frames, 1):
        values = {graph.input[0]: frame}
        for node in graph.nodes:
            if t % graph.rate(node.name if graph.raises(node) else node.inputs[0]):
                continue
            state[node.name], value = node.op.step(state[node.name], *(values.get(name) for name in node.inputs))
            if value is None:
                continue
            if node.name in waits and seen[t // rate - 1] <= waits[node.name]:
                dtype = graph.streams[node.name].dtype
                value = rng.integers(dtype.min, dtype.max + 1, value.shape)
            values[node.name] = value.astype(graph.streams[node.name].dtype.container)
        for name, value in values.items():
            found[name].append(value)
    return {name: np.array(parts) for name, parts in found.items()}


def clean(graph: Graph) -> list[str]:
    """The nodes that no noise reaches: a product with the gate lets none through."""
    gate = gate_of(graph)
    late = set(opens(graph, gate))
    for node in graph.nodes:
        if any(name in late and name != gate.scores.get(node.name) for name in node.inputs):
            late.add(node.name)
    return [node.name for node in graph.nodes if node.name not in late]
