"""A Graph as the kernel calls of model.c, in their order.

Most calls compute one node. Where the machine's features have a kernel for it, one call takes a whole layer: Window,
Reshape, Dense and Requant, whose values between are then nowhere in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edgesort.graph import Graph, Node
from edgesort.ops import Dense, Requant, Reshape, Window
from edgesort.targets.c.gates import asleep, gate_steps, stale
from edgesort.targets.c.step import Step, only_reader
from edgesort.targets.c.wires import LAYERS, wire
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import Wire

Layered = Callable[[Layer], Wire | None]


def steps(graph: Graph, features: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """Every node of the graph is in exactly one step. features: of the machine, the keys of LAYERS."""
    gates = list(gate_steps(graph))
    gated = {name for step in gates for name in step.nodes}
    layers = [*gates, *(step for step in _layers(graph, features) if not gated.intersection(step.nodes))]
    inside = {name for step in layers for name in step.nodes}
    alone = [
        Step((node.name,), node.inputs, node.op.kind, wire(node.op, *graph.ins(node), graph.streams[node.name]))
        for node in graph.nodes
        if node.name not in inside
    ]
    order = {node.name: position for position, node in enumerate(graph.nodes)}
    return asleep(graph, sorted((*layers, *alone), key=lambda step: order[step.name]))


def shown(graph: Graph, features: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The nodes whose values after every frame are those of the graph: held, and not old."""
    made = steps(graph, features)
    old = stale(graph, made)
    return tuple(step.name for step in made if step.name not in old)


def held(graph: Graph, features: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names that have values in model_values: the input and what the steps write, in the graph's order."""
    return (graph.input[0], *(step.name for step in steps(graph, features)))


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
    after = only_reader(graph, dense.name)
    tail = (dense, after) if after is not None and isinstance(after.op, Requant) else (dense,)
    heads = [head for kinds in ((Reshape, Window, Reshape), (Window,)) if (head := _head(graph, dense, kinds))]
    yield from ((*head, *tail) for head in heads)
    yield tail


def _head(graph: Graph, dense: Node, kinds: tuple[type, ...]) -> tuple[Node, ...]:
    """The nodes of these kinds before a Dense; () if there are others, or if others read them too."""
    found: tuple[Node, ...] = ()
    for kind in reversed(kinds):
        source = (found[0] if found else dense).inputs[0]
        if source == graph.input[0] or only_reader(graph, source) is None:
            return ()
        node = graph.node(source)
        if not isinstance(node.op, kind):
            return ()
        found = (node, *found)
    return found


def _layer(chain: tuple[Node, ...], graph: Graph) -> Layer:
    (dense,) = (node.op for node in chain if isinstance(node.op, Dense))
    windows = [node for node in chain if isinstance(node.op, Window)]
    window, source = (windows[0].op, windows[0]) if windows else (Window(1), chain[0])
    requants = [node.op for node in chain if isinstance(node.op, Requant)]
    assert isinstance(window, Window)
    return Layer(graph.ins(source)[0], graph.streams[chain[-1].name], window, dense, requants[0] if requants else None)
