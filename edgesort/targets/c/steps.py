"""A Graph as the kernel calls of model.c, in their order.

Most calls compute one node. Where the machine's features have a kernel for it, one call takes a whole layer: Window,
Reshape, Dense and Requant, whose values between are then nowhere in memory. Behind a gate, what matters to the scores
that the gate lets through and to nothing else is computed only while they come: see passes/reach.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from edgesort.graph import Graph, Node
from edgesort.ops import Delay, Dense, MaxPool, Requant, Reshape, Window
from edgesort.passes.reach import gate_of, opens
from edgesort.targets.c.wires import LAYERS, time, wire
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import Wire

GATE = "gate"
Layered = Callable[[Layer], Wire | None]


@dataclass(frozen=True)
class Step:
    """One call of es_<kernel>. It reads the values of `inputs` and writes those of the last of `nodes`.

    awake: it computes only while the network behind the gate has been awake for more than this many frames; None where
    it always does. A kernel with a state then still takes each frame, with NULL for y.
    """

    nodes: tuple[str, ...]
    inputs: tuple[str, ...]
    kernel: str
    wire: Wire
    awake: int | None = None

    @property
    def name(self) -> str:
        return self.nodes[-1]


def steps(graph: Graph, features: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """Every node of the graph is in exactly one step. features: of the machine, the keys of LAYERS."""
    layers = [*_layers(graph, features), *_gates(graph)]
    inside = {name for step in layers for name in step.nodes}
    alone = [
        Step((node.name,), node.inputs, node.op.kind, wire(node.op, *graph.ins(node), graph.streams[node.name]))
        for node in graph.nodes
        if node.name not in inside
    ]
    order = {node.name: position for position, node in enumerate(graph.nodes)}
    made = sorted((*layers, *alone), key=lambda step: order[step.name])
    gate = gate_of(graph)
    waits = opens(graph, gate) if gate else {}
    return tuple(replace(step, awake=waits.get(step.name)) if _may_sleep(step, graph) else step for step in made)


def shown(graph: Graph, features: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The nodes whose values after a frame are those of the graph: held, and neither asleep nor made of what is."""
    gate, made = gate_of(graph), steps(graph, features)
    stale = {step.name for step in made if step.awake is not None}
    for step in made:
        closed = {gate.scores[step.name]} if gate and step.name in gate.scores else set()
        if (stale - closed).intersection(step.inputs):
            stale.add(step.name)
    return tuple(step.name for step in made if step.name not in stale)


def held(graph: Graph, features: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names that have values in model_values: the input and what the steps write, in the graph's order."""
    return (graph.input[0], *(step.name for step in steps(graph, features)))


def _gates(graph: Graph) -> Iterator[Step]:
    """The one call that is the gate of a gated graph."""
    gate = gate_of(graph)
    if gate is None:
        return
    later, hold = graph.node(gate.later), graph.node(gate.name)
    assert isinstance(later.op, Delay) and isinstance(hold.op, MaxPool)
    yield Step((later.name, hold.name), (gate.above,), GATE, time.gate(later.op, hold.op))


def _may_sleep(step: Step, graph: Graph) -> bool:
    """True for kernels without a state, and for those that take a frame without computing."""
    first = graph.node(step.nodes[0]).op
    return not step.wire.state or isinstance(first, Window | MaxPool | Reshape)


def _layers(graph: Graph, features: tuple[str, ...]) -> Iterator[Step]:
    kernels = [kernel for feature in features for kernel in LAYERS[feature]]
    for node in graph.nodes:
        if not isinstance(node.op, Dense):
            continue
        found = (_step(chain, graph, *kernel) for chain in _chains(graph, node) for kernel in kernels)
        taken = next((step for step in found if step is not None), None)
        if taken is not None:
            yield taken


def _step(chain: tuple[Node, ...], graph: Graph, kernel: str, wired: Layered) -> Step | None:
    made = wired(_layer(chain, graph))
    return None if made is None else Step(tuple(n.name for n in chain), chain[0].inputs, kernel, made)


def _chains(graph: Graph, dense: Node) -> Iterator[tuple[Node, ...]]:
    """What one kernel could compute around a Dense, the longest first: [Reshape, Window, Reshape,] Dense [, Requant].

    Values inside are read by the next node alone and are no outputs.
    """
    after = _only_reader(graph, dense.name)
    tail = (dense, after) if after is not None and isinstance(after.op, Requant) else (dense,)
    heads = [head for kinds in ((Reshape, Window, Reshape), (Window,)) if (head := _head(graph, dense, kinds))]
    yield from ((*head, *tail) for head in heads)
    yield tail


def _head(graph: Graph, dense: Node, kinds: tuple[type, ...]) -> tuple[Node, ...]:
    """The nodes of these kinds before a Dense; () if there are others, or if others read them too."""
    found: tuple[Node, ...] = ()
    for kind in reversed(kinds):
        source = (found[0] if found else dense).inputs[0]
        if source == graph.input[0] or _only_reader(graph, source) is None:
            return ()
        node = graph.node(source)
        if not isinstance(node.op, kind):
            return ()
        found = (node, *found)
    return found


def _only_reader(graph: Graph, name: str) -> Node | None:
    readers = [node for node in graph.nodes for source in node.inputs if source == name]
    return readers[0] if len(readers) == 1 and name not in graph.outputs else None


def _layer(chain: tuple[Node, ...], graph: Graph) -> Layer:
    (dense,) = (node.op for node in chain if isinstance(node.op, Dense))
    windows = [node for node in chain if isinstance(node.op, Window)]
    window, source = (windows[0].op, windows[0]) if windows else (Window(1), chain[0])
    requants = [node.op for node in chain if isinstance(node.op, Requant)]
    assert isinstance(window, Window)
    return Layer(graph.ins(source)[0], graph.streams[chain[-1].name], window, dense, requants[0] if requants else None)
