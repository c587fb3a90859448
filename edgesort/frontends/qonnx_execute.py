"""Execute a model's network as QONNX itself defines it, to compare with the reference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from onnx import helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.frontends.qonnx import DOMAIN, Edge, convert, read
from edgesort.graph import Values


def executor(path: Path, seconds: float = 20.0) -> Executor:
    """QONNX's own execution of the network between the front end and the peaks, in float32, on whole recordings.

    It is given what the reference's front end makes of the samples, and shows every quantized layer and
    accumulator as integers from the frame on in which the network's receptive field has filled.
    """
    model = read(path)
    graph, tensors = convert(model, path)
    edges = {name: edge for name, edge in tensors.items() if isinstance(edge, Edge)}
    custom = [node for node in model.graph.node if node.domain == DOMAIN]
    network = [node for node in model.graph.node if node.domain != DOMAIN and node.output[0] not in _before(model)]
    entry = next(name for node in network for name in node.input if name in edges)
    exit_ = next(node.input[0] for node in reversed(custom) if node.input[0] in {n.output[0] for n in network})
    kept = {node.name for node in graph.nodes}
    shown = {
        n.output[0]: edges[n.output[0]] for n in network if n.output[0] in edges and edges[n.output[0]].node in kept
    }
    skip = sum(n.op.span() for n in graph.nodes if n.op.delay() == 0)

    def run(frames: Array) -> Iterator[Values]:
        _, values = graph.run(graph.initial_state(), frames)
        start = edges[entry]
        samples = values[start.node].astype(np.float32).T[None] * np.float32(2.0 ** start.exponents[0])
        alone = _network(model, network, entry, exit_, samples.shape)
        context = execute_onnx(alone, {entry: samples}, return_full_exec_context=True)
        yield {
            edge.node: _integers(context[name], edge.exponents)[skip - len(frames) :] for name, edge in shown.items()
        }

    return Executor("qonnx", seconds, run, tuple(edge.node for edge in shown.values()), skip)


def _before(model: object) -> set[str]:
    """Tensors of the front end: everything up to the last custom node before the network."""
    names: list[str] = []
    last = 0
    for node in model.graph.node:  # type: ignore[attr-defined]
        names.append(node.output[0])
        if node.domain == DOMAIN and node.op_type != "Peak":
            last = len(names)
    return set(names[:last])


def _network(model: object, nodes: list[object], entry: str, exit_: str, shape: tuple[int, ...]) -> ModelWrapper:
    """The network alone as a model of its own, for an input of this shape."""
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info(entry, 1, shape)],
        [helper.make_tensor_value_info(exit_, 1, None)],
        model.graph.initializer,  # type: ignore[attr-defined]
    )
    alone = helper.make_model(graph, opset_imports=model.opset_import)  # type: ignore[attr-defined]
    return ModelWrapper(alone).transform(InferShapes())


def _integers(values: Array, exponents: tuple[int, ...]) -> Array:
    """[1, C, T] scaled floats to [T, C] integers; a value off the grid stays one (and so becomes a mismatch)."""
    scaled = values[0].T.astype(np.float64) / np.exp2(np.array(exponents))
    whole = np.rint(scaled)
    return np.where(whole == scaled, whole, np.iinfo(np.int32).min).astype(np.int64)
