"""Which nodes matter only through a gate, and for how long: what a processor need not compute while it is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Delay, Dense, DepthToTime, MaxPool, Multiply, Reshape, Upsample, Window

# Their state is frames of their input as they came, the last span() of them and no older one.
LINES: tuple[type[Op], ...] = (Window, MaxPool, Delay, Upsample, DepthToTime)


@dataclass(frozen=True)
class Gate:
    """name = 1 if above was 1 in one of `frames` frames, the last of them `ahead` frames ago, else 0

    above: a stream of one bit, [1]; later: it, `ahead` frames later, which nothing but the gate reads. Frames are
    counted in above's. scores: the products with the gate, and what each lets through: 0 while the gate is 0.
    """

    above: str
    later: str
    name: str
    frames: int
    ahead: int
    scores: Mapping[str, str]


def gate_of(graph: Graph) -> Gate | None:
    """The gate of a graph, by its structure; None if there is none, or several."""
    found: dict[str, Gate] = {}
    scores: dict[str, str] = {}
    for node in graph.nodes:
        for way, score in _ways(node):
            gate = _gate(graph, _origin(graph, way))
            if gate is not None:
                found[gate.name], scores[node.name] = gate, score
                break
    if len(found) != 1:
        return None
    (gate,) = found.values()
    return Gate(gate.above, gate.later, gate.name, gate.frames, gate.ahead, scores)


def _ways(node: Node) -> Iterator[tuple[str, str]]:
    """A product's inputs, each as the one that may be a gate, with the other; the second first, as gate makes it."""
    if isinstance(node.op, Multiply) and node.inputs[0] != node.inputs[1]:
        x0, x1 = node.inputs
        yield from ((x1, x0), (x0, x1))


def _origin(graph: Graph, name: str) -> Node | None:
    """The node before those that make zeros of a frame of zeros."""
    if name == graph.input[0]:
        return None
    node = graph.node(name)
    spreads = isinstance(node.op, Reshape) or (isinstance(node.op, Dense) and not node.op.bias.any())
    return _origin(graph, node.inputs[0]) if spreads else node


def _gate(graph: Graph, hold: Node | None) -> Gate | None:
    if hold is None or not isinstance(hold.op, MaxPool) or hold.inputs[0] == graph.input[0]:
        return None
    later = graph.node(hold.inputs[0])
    if not isinstance(later.op, Delay) or later.name in graph.outputs or len(list(readers(graph, later.name))) > 1:
        return None
    (above,) = later.inputs
    stream = graph.streams[above]
    if (stream.shape, stream.dtype.bits, stream.dtype.signed) != ((1,), Int(1, False).bits, False):
        return None
    return Gate(above, later.name, hold.name, hold.op.kernel, later.op.frames, {})


def readers(graph: Graph, name: str) -> Iterator[Node]:
    """The nodes that read a stream, once for each time that they do."""
    return (node for node in graph.nodes for source in node.inputs if source == name)


def reach(graph: Graph, scores: Mapping[str, str]) -> dict[str, int]:
    """For each stream that matters through these scores alone: for how many input frames after it comes.

    A value that comes at input frame t decides on no score after t + reach. scores: see Gate.
    """
    found: dict[str, int] = {}
    for name in reversed(tuple(graph.streams)):
        ways = [_way(graph, node, name, scores, found) for node in readers(graph, name)]
        known = [way for way in ways if way is not None]
        if ways and len(known) == len(ways) and name not in graph.outputs:
            found[name] = max(known)
    return found


def _way(graph: Graph, reader: Node, name: str, scores: Mapping[str, str], found: Mapping[str, int]) -> int | None:
    """The reach through one reader; None without bound."""
    if scores.get(reader.name) == name:
        return 0
    if reader.name not in found or not forgets(reader.op, graph.ins(reader)):
        return None
    return found[reader.name] + reader.op.span() * graph.rate(name)


def forgets(op: Op, inputs: tuple[Stream, ...]) -> bool:
    """True if an input frame has no effect once it is older than the op's span."""
    return isinstance(op, LINES) or not op.initial_state(*inputs)


def opens(graph: Graph, gate: Gate) -> dict[str, int]:
    """The streams that matter only while the gate has been seen coming for more than this many of above's frames.

    It is seen coming from a 1 of `above` on until it closes. A stream's frame at t decides on scores until t + reach;
    if the gate is 1 at one of them, `above` was 1 by t + reach - ahead, and has kept it coming or open since.
    """
    frame = graph.rate(gate.above)
    order = {name: position for position, name in enumerate(graph.streams)}
    found = {}
    for name, frames in reach(graph, gate.scores).items():
        waits = gate.ahead - -(-frames // frame)
        regular = graph.rate(name) % frame == 0
        if waits >= 0 and regular and order[name] > order[gate.name]:
            found[name] = waits
    return found
