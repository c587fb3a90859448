"""Event gating: a detector that always runs lets the scores through for the frames around events; elsewhere they are 0.

    above[t] = 1 if |x[t]| > level in any channel, else 0         x: the stream that the network begins at
    gate[t]  = max(above[t - ahead - before - after], ..., above[t - ahead])
    score'[t] = gate[t] * score[t], from the network behind x[t - ahead - before]

So a frame above the level lets through the scores of the frames from `before` frames before it to `after` frames after
it. The gate is known `ahead` frames before it opens, which is how long an accumulator of the network can matter to a
score: a target may leave out what matters to none. The values are the graph's, whatever a target makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm

import numpy as np

from edgesort.graph import Graph, GraphError, Node, Op
from edgesort.ops import Delay, Dense, LocalPeak, MaxPool, Multiply, Peak, Rectify, Requant, Reshape, Threshold, Window
from edgesort.passes.reach import forgets, gate_of, reach

PICKERS = (Peak, LocalPeak)
BITS = 8  # of the stream that the network proper begins at


@dataclass(frozen=True)
class Around:
    """Frames round one above the level whose scores count, of the stream that the detector reads."""

    before: int
    after: int


@dataclass(frozen=True)
class Network:
    """What is gated. nodes: those that depend on `node` and that the scores need. scores: what pickers read, or what
    leaves the graph where there is no picker."""

    node: str
    nodes: tuple[str, ...]
    scores: tuple[str, ...]


@dataclass(frozen=True)
class Timing:
    """kernel, ahead: of the gate; late: of the network's input. All in frames of that input."""

    kernel: int = 1
    ahead: int = 1
    late: int = 1


def gate(graph: Graph, node: str, level: tuple[int, ...], before: int | None = None, after: int | None = None) -> Graph:
    """The gated graph. node: what the detector reads, where the network begins. level: one, or one a channel.

    before, after: frames of the node round one above the level, what `usual` says unless given. GraphError if the
    scores depend on more than the node, or on an op that needs every frame.
    """
    network = network_of(graph, node)
    _check(graph, network, level)
    draft = _gated(graph, network, level, Timing())
    own = usual(graph, network, draft)
    around = Around(own.before if before is None else before, own.after if after is None else after)
    return _gated(graph, network, level, _timing(graph, network, draft, around))


def begin_of(graph: Graph) -> str:
    """Where the network proper begins: the last requant to 8 bits or fewer before the first window or dense."""
    first = next((node for node in graph.nodes if isinstance(node.op, Window | Dense)), None)
    name = first.inputs[0] if first else graph.input[0]
    while name != graph.input[0]:
        node = graph.node(name)
        if isinstance(node.op, Requant) and node.op.dtype.bits <= BITS:
            return name
        name = node.inputs[0]
    raise GraphError(
        f"gate: expected a requant to {BITS} bits or fewer before the first window or dense of {graph.name}, "
        "found none; name the node that the detector reads: NODE>INTEGER"
    )


def network_of(graph: Graph, node: str) -> Network:
    """What lies between a node and the pickers or the outputs; GraphError if nothing does."""
    if node not in graph.streams:
        raise GraphError(f"gate: expected a node of {graph.name}, found {node}")
    after, picked = [node], set(graph.outputs)
    for other in graph.nodes:
        if not set(after).intersection(other.inputs):
            continue
        if isinstance(other.op, PICKERS):
            picked.update(other.inputs)
        else:
            after.append(other.name)
    scores = tuple(name for name in after[1:] if name in picked)
    needed = set(scores)
    for name in reversed(after[1:]):
        needed.update(graph.node(name).inputs if name in needed else ())
    if node not in needed:
        raise GraphError(f"gate: expected a network behind {node}, found none; name the node that it begins at")
    return Network(node, tuple(name for name in after[1:] if name in needed), scores)


def usual(graph: Graph, network: Network, draft: Graph) -> Around:
    """The scores in which an event may peak, and those round them that its picker compares.

    An event's score peaks as long after the spike as the graph says. The picker's reach is how far a frame above the
    level may lie from the spike's peak. Without a word of the delay: every score that sees the frame.
    """
    pickers = [node for node in graph.nodes if isinstance(node.op, PICKERS) and node.inputs[0] in network.scores]
    look = max((node.op.delay() * graph.rate(node.inputs[0]) for node in pickers), default=0)
    peak = graph.event_delay - look
    if not pickers or peak < 0 or not graph.event_delay:
        seen = _reach(draft)["gate_input"]
        return Around(_frames(graph, network.node, look), _frames(graph, network.node, seen + look))
    return Around(_frames(graph, network.node, max(0, 2 * look - peak)), _frames(graph, network.node, peak + 2 * look))


def around_of(graph: Graph) -> Around:
    """What a gated graph was made with."""
    found, late = gate_of(graph), graph.node("gate_input").op
    assert found is not None and isinstance(late, Delay)
    before = late.frames - found.ahead
    return Around(before, found.frames - 1 - before)


def _frames(graph: Graph, name: str, samples: int) -> int:
    """Input frames in frames of a stream, rounded up."""
    return -(-samples // graph.rate(name))


def _check(graph: Graph, network: Network, level: tuple[int, ...]) -> None:
    x = graph.streams[network.node]
    most = max(-x.dtype.min, x.dtype.max)
    if len(level) not in (1, x.shape[-1]) or not all(0 <= each < most for each in level):
        found = ", ".join(map(str, level))
        raise GraphError(f"gate: expected a level of 0 to {most - 1}, which |{network.node}| can exceed, found {found}")
    if taken := [name for name in graph.streams if name == "gate" or name.startswith("gate_")]:
        raise GraphError(f"gate: expected a graph without a gate, found node {taken[0]}")
    _check_ages(graph, network)
    for node in (graph.node(name) for name in network.nodes):
        if not forgets(node.op, graph.ins(node)):
            raise GraphError(
                f"gate: node {node.name}: expected an op that forgets old frames, found {node.op.kind}, whose state "
                "needs every frame; name a node behind it"
            )
        if graph.rate(node.name) % graph.rate(network.node):
            raise GraphError(
                f"gate: node {node.name}: expected a period that is a multiple of {network.node}'s, "
                f"{graph.rate(network.node)}, found {graph.rate(node.name)}"
            )
    rates = sorted({graph.rate(name) for name in network.scores})
    if len(rates) > 1:
        raise GraphError(f"gate: expected scores of one period, found {rates}: {', '.join(network.scores)}")


def _check_ages(graph: Graph, network: Network) -> None:
    """The gate delays the network: nothing may meet its values, or events made of them, that was not delayed too."""
    inside, behind = {network.node, *network.nodes}, {*network.scores, *_behind(graph, network)}
    for node in graph.nodes:
        late = inside if node.name in network.nodes else behind
        other = next((name for name in node.inputs if name not in late), None)
        if other is not None and node.name in late:
            raise GraphError(
                f"gate: node {node.name}: expected it to depend on {network.node} alone, found its input {other}, "
                "which is not delayed with it; name a node that the whole network follows"
            )


def _behind(graph: Graph, network: Network) -> list[str]:
    """The nodes that follow the scores outside the network: pickers, and what follows them."""
    found: list[str] = []
    for node in graph.nodes:
        if node.name not in network.nodes and {*network.scores, *found}.intersection(node.inputs):
            found.append(node.name)
    return found


def _timing(graph: Graph, network: Network, draft: Graph, around: Around) -> Timing:
    """The gate is known before the first accumulator that it decides on, and the delay keeps every stride's phase."""
    if min(around.before, around.after) < 0:
        raise GraphError(f"gate: expected 0 or more frames before and after, found {around.before} and {around.after}")
    spans = _reach(draft)
    work = [node.name for node in graph.nodes if node.name in network.nodes and isinstance(node.op, Dense)]
    ahead = max((_frames(graph, network.node, spans[_inside(graph, network, name)]) for name in work), default=1)
    ahead = max(1, ahead)
    phase = lcm(*(graph.rate(name) // graph.rate(network.node) for name in network.nodes))
    late = -(-(ahead + around.before) // phase) * phase
    return Timing(around.before + around.after + 1, late - around.before, late)


def _reach(gated: Graph) -> dict[str, int]:
    found = gate_of(gated)
    assert found is not None, "what this pass makes has a gate"
    return reach(gated, found.scores)


def _gated(graph: Graph, network: Network, level: tuple[int, ...], timing: Timing) -> Graph:
    begin = (*_detector(graph, network, level, timing), Node("gate_input", Delay(timing.late), (network.node,)))
    nodes = [*(begin if network.node == graph.input[0] else ())]
    for node in graph.nodes:
        nodes.append(_rewired(graph, network, node))
        nodes += begin if node.name == network.node else ()
        nodes += _product(graph, network, node.name) if node.name in network.scores else ()
    delayed = graph.outputs[0] in {*network.scores, *_behind(graph, network)}
    grown = graph.event_delay + (timing.late * graph.rate(network.node) if delayed else 0)
    return replace(graph, nodes=tuple(nodes), event_delay=grown).check()


def _detector(graph: Graph, network: Network, level: tuple[int, ...], timing: Timing) -> tuple[Node, ...]:
    """From |x| to the gate: a bit at the scores' period."""
    x = graph.streams[network.node]
    one: tuple[tuple[str, Op], ...] = (("gate_above", Threshold(level)),)
    if x.shape != (1,):
        count = Dense(np.ones((1, x.size), np.int64), np.zeros(1, np.int64))
        line = (("gate_line", Reshape((x.size,))),) if len(x.shape) > 1 else ()
        one = (("gate_channels", Threshold(level)), *line, ("gate_count", count), ("gate_above", Threshold((0,))))
    stride = graph.rate(network.scores[0]) // graph.rate(network.node)
    hold = ("gate_later", Delay(timing.ahead)), ("gate", MaxPool(timing.kernel, stride))
    return _chain(network.node, ("gate_size", Rectify()), *one, *hold)


def _product(graph: Graph, network: Network, score: str) -> tuple[Node, ...]:
    """The gate for each element of a score, and their product."""
    y = graph.streams[score]
    spread = Dense(np.ones((y.size, 1), np.int64), np.zeros(y.size, np.int64))
    shape = ((f"{score}_gate_line", Reshape(y.shape)),) if len(y.shape) > 1 else ()
    ways = _chain("gate", *(((f"{score}_gate", spread), *shape) if y.shape != (1,) else ()))
    way = ways[-1].name if ways else "gate"
    return *ways, Node(_through(graph, score), Multiply(), (_inside(graph, network, score), way))


def _chain(source: str, *ops: tuple[str, Op]) -> tuple[Node, ...]:
    return tuple(
        Node(name, op, (before,)) for (name, op), before in zip(ops, (source, *(n for n, _ in ops)), strict=False)
    )


def _rewired(graph: Graph, network: Network, node: Node) -> Node:
    """A node of the network reads its values as they are and the input late; others read what comes through."""
    if node.name not in network.nodes:
        return replace(node, inputs=tuple(_through(graph, n) if n in network.scores else n for n in node.inputs))
    inputs = ("gate_input" if name == network.node else _inside(graph, network, name) for name in node.inputs)
    return replace(node, name=_inside(graph, network, node.name), inputs=tuple(inputs))


def _inside(graph: Graph, network: Network, name: str) -> str:
    """A node's name in the network: an output leaves its own to what comes through the gate."""
    return f"{name}_ungated" if name in network.scores and name in graph.outputs else name


def _through(graph: Graph, score: str) -> str:
    return score if score in graph.outputs else f"{score}_gated"
