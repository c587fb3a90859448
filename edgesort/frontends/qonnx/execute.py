"""Execute a model's network as QONNX itself does, to compare with the reference on recordings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from onnx import helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.frontends.qonnx import DOMAIN, convert, read
from edgesort.frontends.qonnx.plan import Edge, Imported
from edgesort.frontends.qonnx.proof import first_frame, integers, scale, tensor
from edgesort.graph import Values
from edgesort.passes import simplify

MOST_WINDOWS = 400  # of a network that takes windows of one length: QONNX starts onnxruntime anew for each node
Shown = dict[str, Edge]


def executor(path: Path, seconds: float = 20.0) -> Executor:
    """QONNX's own execution of the network, in float32, on whole recordings.

    The nodes of edgesort.ops give what the reference makes, and between them QONNX computes. Every tensor that it
    makes is shown as integers, from the frame on in which the network's receptive field has filled. A network that
    takes windows of one length is given one after the other; a tensor of few frames a window, as after flattening,
    is left to the proof at import.
    """
    imported = convert(read(path), path)
    graph = imported.graph
    shown, hop = _shown(imported)
    skip = max((_first(imported, edge) * graph.rate(edge.node) for edge in shown.values()), default=0)
    skip = -(-skip // graph.cycle) * graph.cycle
    if imported.length:
        seconds = min(seconds, MOST_WINDOWS * hop / graph.sampling_frequency)

    def run(frames: Array) -> Iterator[Values]:
        begin, more = imported.timing.begin, graph.receptive_field + max(imported.timing.late.values()) + graph.cycle
        length, step = imported.length or imported.like(len(frames) + more), hop if imported.length else len(frames)
        starts = range(begin, begin + len(frames), step) if len(frames) else range(0)
        tail = np.zeros((begin + length + more, *frames.shape[1:]), frames.dtype)
        padded = np.concatenate([frames, tail])
        _, values = graph.run(graph.initial_state(), padded)
        network = _Network(imported, values)
        made: dict[str, list[Array]] = {edge.node: [] for edge in shown.values()}
        for at in starts:
            tensors = network.run(padded[at : at + length], at)
            for name, edge in shown.items():
                left, count = edge.borders[0], step // graph.rate(edge.node) if imported.length else None
                rows = _integers(tensors[name], edge, graph.streams[edge.node].size)[left:]
                made[edge.node].append(rows[:count])
        yield {edge.node: _due(imported, edge, made[edge.node], skip, len(frames)) for edge in shown.values()}

    return Executor("qonnx", seconds, run, tuple(edge.node for edge in shown.values()), skip)


class _Network:
    """The network on windows of one recording, run by run of nodes that QONNX knows."""

    def __init__(self, imported: Imported, values: Values) -> None:
        self.imported, self.values = imported, values
        self.models: dict[str, ModelWrapper] = {}

    def run(self, samples: Array, at: int) -> dict[str, Array]:
        """Every tensor, for a window that begins at sample `at`."""
        imported = self.imported
        source = imported.edges[imported.source]
        unit = samples.astype(np.float64) * scale(source, samples.shape[1])
        tensors: dict[str, Array] = {imported.source: tensor(unit, source).astype(np.float32)}
        for custom, nodes in groupby(imported.model.graph.node, key=lambda node: node.domain == DOMAIN):
            for node in nodes if custom else ():
                tensors[node.output[0]] = self.made(node, tensors, at)
            if not custom:
                tensors |= self.computed(list(nodes), tensors)
        return tensors

    def made(self, node: Any, tensors: dict[str, Array], at: int) -> Array:
        """What the reference makes of a node of edgesort.ops, as long as its input is."""
        edge = self.imported.edges[node.output[0]]
        start, frames = first_frame(self.imported, edge, at), tensors[node.input[0]].shape[2]
        values = self.values[edge.node][start : start + frames].astype(np.float64)
        return tensor(values * scale(edge, values.shape[1]), edge).astype(np.float32)

    def computed(self, nodes: list[Any], tensors: dict[str, Array]) -> dict[str, Array]:
        """What QONNX makes of the tensors before."""
        last = nodes[-1].output[0]
        taken = {name: tensors[name] for node in nodes for name in node.input if name in tensors}
        if last not in self.models:
            graph = helper.make_graph(
                nodes,
                "network",
                [helper.make_tensor_value_info(name, 1, x.shape) for name, x in taken.items()],
                [helper.make_tensor_value_info(last, 1, None)],
                self.imported.model.graph.initializer,
            )
            alone = helper.make_model(graph, opset_imports=self.imported.model.opset_import)
            self.models[last] = ModelWrapper(alone).transform(InferShapes())
        context = execute_onnx(self.models[last], taken, return_full_exec_context=True)
        return {name: context[name] for node in nodes for name in node.output if name in context}


def _shown(imported: Imported) -> tuple[Shown, int]:
    """The first tensor of each node that QONNX computes and the passes keep; and how far apart windows may be."""
    graph, edges = imported.graph, imported.edges
    left_out = {imported.source} | {edges[name].node for name in imported.custom}
    kept = {node.name for node in simplify(graph).nodes} - left_out
    shown: Shown = {}
    for name, edge in edges.items():
        if edge.node in kept and edge.node not in {other.node for other in shown.values()}:
            shown[name] = edge
    if not imported.length:
        return shown, 0
    reach = {name: ((e.time or 0) - sum(e.borders)) * graph.rate(e.node) // graph.cycle for name, e in shown.items()}
    enough = {name: count for name, count in reach.items() if 8 * count >= max(reach.values()) and count}
    return {name: shown[name] for name in enough}, min(enough.values(), default=1) * graph.cycle


def _first(imported: Imported, edge: Edge) -> int:
    """The stream's first frame that a window from the recording's start on can show."""
    return first_frame(imported, edge, imported.timing.begin) + edge.borders[0]


def _due(imported: Imported, edge: Edge, rows: list[Array], skip: int, frames: int) -> Array:
    """The frames behind `skip` of a recording of so many frames."""
    rate = imported.graph.rate(edge.node)
    first, due = skip // rate - _first(imported, edge), max(0, frames - skip) // rate
    return np.concatenate([*rows, np.zeros((0, imported.graph.streams[edge.node].size), np.int64)])[first:][:due]


def _integers(values: Array, edge: Edge, channels: int) -> Array:
    """Frames [T, C] of integers; a value off the grid stays one (and so becomes a mismatch)."""
    scaled = integers(values.astype(np.float64), edge, channels)
    whole = np.rint(scaled)
    return np.where(whole == scaled, whole, np.iinfo(np.int32).min).astype(np.int64)
