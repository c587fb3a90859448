"""A gate's own kernels, and the calls that sleep behind it: see passes/gate.py and passes/reach.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from edgesort.graph import Graph, Node, Op
from edgesort.ops import Delay, Dense, MaxPool, Rectify, Reshape, Threshold, Window
from edgesort.passes.reach import Gate, gate_of, opens
from edgesort.targets.c.step import Step, only_reader
from edgesort.targets.c.wires.wire import Wire, es_type, size

ALONE = (Rectify, Threshold)
COUNTED = (Rectify, Threshold, Dense, Threshold)
GATE, PASS = "gate", "pass"
TAKERS: tuple[type[Op], ...] = (Window, MaxPool)  # their kernels, and those that have them inside, take NULL for y


def gate_steps(graph: Graph) -> Iterator[Step]:
    """The call that is the gate of a gated graph, and one for each of its products."""
    gate = gate_of(graph)
    if gate is None:
        return
    yield _gate(graph, gate)
    for product, score in gate.scores.items():
        spread, x, y = _spread(graph, gate, product), graph.streams[score], graph.streams[product]
        if spread is not None and x.dtype.container == y.dtype.container:
            wire = Wire((), (("bytes", f"{y.size * size(y.dtype)}"),))
            yield Step((*spread, product), (score, gate.name), PASS, wire)


def _gate(graph: Graph, gate: Gate) -> Step:
    """The detector too, where nothing but the gate reads it; else the gate reads its bit, as a level of 0."""
    detector = _detector(graph, gate.above)
    first = graph.node(detector[0] if detector else gate.later)
    levels = next((node.op.level for node in map(graph.node, detector) if isinstance(node.op, Threshold)), (0,))
    later, hold, x = graph.node(gate.later).op, graph.node(gate.name).op, graph.ins(first)[0]
    assert isinstance(later, Delay) and isinstance(hold, MaxPool)
    fields = (
        ("frames", f"{hold.kernel}"),
        ("ahead", f"{later.frames}"),
        ("stride", f"{hold.stride}"),
        ("elements", f"{x.size}"),
        ("levels", f"{len(levels)}"),
        ("x_type", es_type(x.dtype)),
        ("level", "{id}_level"),
    )
    state = f"struct {{{{ es_gate_state line; uint8_t ring[{later.frames}]; }}}} {{id}}"
    wire = Wire((("level", "uint32_t", np.array(levels)),), fields, state)
    return Step((*detector, gate.later, gate.name), first.inputs, GATE, wire)


def _detector(graph: Graph, above: str) -> tuple[str, ...]:
    """Rectify and Threshold before a bit, and what counts channels between them and it; () if it is anything else."""
    found: tuple[Node, ...] = ()
    name = above
    while name != graph.input[0] and only_reader(graph, name) is not None and len(found) <= len(COUNTED):
        found = (graph.node(name), *found)
        if isinstance(found[0].op, Rectify):
            break
        name = found[0].inputs[0]
    kinds = tuple(type(node.op) for node in found if not isinstance(node.op, Reshape))
    count = next((node.op for node in found if isinstance(node.op, Dense)), None)
    if count is not None and (len(count.weight) > 1 or (count.weight != 1).any() or count.bias.any()):
        return ()
    exact = kinds == ALONE or (kinds == COUNTED and found[-1].op == Threshold((0,)))
    return tuple(node.name for node in found) if exact else ()


def _spread(graph: Graph, gate: Gate, product: str) -> tuple[str, ...] | None:
    """The nodes between the gate and a product, Dense or Reshape each; None if they do more than copy its bit."""
    (way,) = (name for name in graph.node(product).inputs if name != gate.scores[product])
    found: tuple[str, ...] = ()
    while way != gate.name:
        node = graph.node(way)
        copies = graph.streams[way].dtype.max == 1 and not (isinstance(node.op, Dense) and (node.op.weight != 1).any())
        if only_reader(graph, way) is None or not copies:
            return None
        found = (way, *found)
        (way,) = node.inputs
    return found


def asleep(graph: Graph, steps: list[Step]) -> tuple[Step, ...]:
    """The steps, those marked that need not compute while the gate is closed."""
    gate = gate_of(graph)
    waits = opens(graph, gate) if gate else {}
    return tuple(_marked(graph, step, waits.get(step.name)) for step in steps)


def _marked(graph: Graph, step: Step, awake: int | None) -> Step:
    """Only kernels that need no frame while they sleep, or that take one without computing, sleep."""
    nodes = [graph.node(name) for name in step.nodes]
    lined = [node for node in nodes if node.op.initial_state(*graph.ins(node))]
    if awake is None or step.kernel == GATE or not all(isinstance(node.op, TAKERS) for node in lined):
        return step
    return replace(step, awake=awake, takes=bool(lined))


def stale(graph: Graph, steps: tuple[Step, ...]) -> set[str]:
    """The values that are old, or made of old ones, while the gate is closed. A product with the gate is not."""
    gate = gate_of(graph)
    found = {step.name for step in steps if step.awake is not None}
    for step in steps:
        closed = {gate.scores[step.name]} if gate and step.name in gate.scores else set()
        if (found - closed).intersection(step.inputs):
            found.add(step.name)
    return found
