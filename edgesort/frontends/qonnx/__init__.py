"""QONNX in, Graph out: every node either has an exact integer meaning or is refused by name.

A model is a network over time: tensors are [1, channels, time], nothing is padded, so the streaming graph equals it
once the receptive field has filled, and every import proves that it does (proof.py). Quant nodes carry the types
(power-of-two scale, zero point 0, floor for activations); the domain `edgesort.ops` carries what ONNX has no name for.
Specification of Quant: QONNX, docs/qonnx-custom-ops. The modules qonnx*.py are the only importers of onnx.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError as ModelError
from edgesort.frontends.qonnx import custom, layers, pointwise, shapes
from edgesort.frontends.qonnx.constants import folded, stated
from edgesort.frontends.qonnx.node import DAMAGE, array, at, label, line, required
from edgesort.frontends.qonnx.plan import (
    MOST_ELEMENTS,
    MOST_NODES,
    MOST_WEIGHTS,
    Constant,
    Edge,
    Imported,
    Importer,
    Tensor,
)
from edgesort.frontends.qonnx.proof import prove
from edgesort.frontends.qonnx.time import align
from edgesort.frontends.qonnx.window import FLOATS
from edgesort.graph import Graph, GraphError, Stream
from edgesort.passes import simplify

DOMAIN = "edgesort.ops"
QUANTIZERS = ("qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general")
MOST_BYTES = 1 << 28  # of a file


def load(path: str | Path, windows: Iterable[Array] = (), sampling_frequency: float | None = None) -> Graph:
    """Read a QONNX file into a checked, simplified Graph. ModelError (one line) if it has no exact meaning.

    windows: recorded samples [frames, channels] on which the proof runs too. sampling_frequency: in Hz, for a file
    that does not state it.
    """
    path = Path(path)
    with np.errstate(all="ignore"):  # what is not finite is refused where it matters
        imported = convert(read(path), path, sampling_frequency)
        try:
            graph = simplify(imported.graph)
            prove(imported, graph, windows)
        except GraphError as error:
            raise ModelError(f"{path}: {error}") from None
    return graph


def convert(model: Any, path: Path, sampling_frequency: float | None = None) -> Imported:
    """The graph of an ONNX model, not yet simplified and not yet proven, and what became of each of its tensors."""
    meta = {entry.key: entry.value for entry in model.metadata_props}
    try:
        labels = tuple(str(label) for label in json.loads(meta.get("labels", "[]")))
        rate, delay = float(sampling_frequency or meta["sampling_frequency"]), int(meta.get("event_delay", 0))
        provenance = tuple((k, str(v)) for k, v in json.loads(meta.get("provenance", "{}")).items())
        unit = int(meta.get("adc_exponent", 0))
        if not 0 < rate < float("inf"):
            raise ValueError(f"a sampling_frequency of {rate}")
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{path}: expected metadata sampling_frequency (Hz), labels (JSON list) and event_delay (frames), "
            f"found {line(error)!r}; export with edgesort.train.export or set the metadata"
        ) from None
    importer = _start(model, unit)
    for index, node in enumerate(model.graph.node):
        _walk(importer, node, index)
    outputs = [importer.tensors.get(value.name) for value in model.graph.output]
    edges = [edge for edge in outputs if isinstance(edge, Edge) and "c" in edge.layout and not edge.order]
    if not outputs or len(edges) != len(outputs):
        raise ModelError(f"{path}: expected outputs that depend on the input, found {len(edges)} of {len(outputs)}")
    timing = align(importer.plan, importer.input, importer.streams)
    known = {name: t for name, t in importer.tensors.items() if isinstance(t, Edge) and name not in importer.absorbed}
    try:
        graph = Graph(
            meta.get("name", path.stem),
            rate,
            (importer.input, importer.streams[importer.input]),
            timing.nodes,
            tuple(edge.node for edge in edges),
            labels,
            delay + timing.late[edges[0].node],
            provenance=provenance,
        ).check()
    except GraphError as error:
        raise ModelError(f"{path}: {error}") from None
    stated, whole = known[importer.input].time, any(edge.whole for edge in known.values())
    return Imported(model, graph, importer.input, known, importer.custom, timing, stated, whole)


def read(path: Path) -> Any:
    """The ONNX model in a file; ModelError if there is none or it is damaged."""
    if not path.is_file():
        raise ModelError(f"{path}: expected a QONNX model file, found none")
    if path.stat().st_size > MOST_BYTES:
        raise ModelError(f"{path}: expected at most {MOST_BYTES} bytes, found {path.stat().st_size}")
    try:
        model = onnx.load(str(path), load_external_data=False)
        onnx.checker.check_model(model)
    except Exception as error:  # protobuf and the checker raise many unrelated types
        reason = line(error)
        raise ModelError(
            f"{path}: expected a valid ONNX file, found a damaged one ({reason}); export it again"
        ) from None
    return model


def _start(model: Any, unit: int) -> Importer:
    """The constants, and the input as int16 samples worth 2^unit each."""
    tensors: dict[str, Tensor] = {}
    if len(model.graph.node) > MOST_NODES:
        raise ModelError(f"model: expected at most {MOST_NODES} nodes, found {len(model.graph.node)}")
    if sum(abs(prod(tensor.dims)) for tensor in model.graph.initializer) > MOST_WEIGHTS:
        raise ModelError(f"model: expected at most {MOST_WEIGHTS} weights, found more")
    for tensor in model.graph.initializer:
        try:
            tensors[tensor.name] = Constant(np.asarray(array(tensor), np.float64))
        except DAMAGE as error:
            raise ModelError(
                f"tensor {tensor.name!r}: expected its stated shape and type, found {line(error)}"
            ) from None
    inputs = [value for value in model.graph.input if value.name not in tensors]
    if len(inputs) != 1:
        raise ModelError(f"model: expected one input of samples, found {len(inputs)}")
    name, dims = inputs[0].name, [d.dim_value for d in inputs[0].type.tensor_type.shape.dim]
    layout = {2: "nc", 3: "nct", 4: "nctu" if dims[3:] == [1] else "ncut"}.get(len(dims), "")
    sizes = dict(zip(layout, dims, strict=False))
    if not layout or dims[0] > 1 or dims[1] < 1 or sizes.get("u", 1) != 1 or dims[1] > MOST_ELEMENTS or abs(unit) > 64:
        raise ModelError(f"input {name}: expected shape [1, channels, time], found {dims}")
    time = sizes.get("t", 1) or None
    if time is not None and not 0 < time <= MOST_ELEMENTS:
        raise ModelError(f"input {name}: expected a window of at most {MOST_ELEMENTS} frames, found {time}")
    tensors[name] = Edge(name, (unit,), layout, time, whole="t" not in layout)
    readers = Counter(source for node in model.graph.node for source in node.input)
    readers.update(value.name for value in model.graph.output)
    opsets = {opset.domain: opset.version for opset in model.opset_import}
    return Importer(tensors, {name: Stream((dims[1],), Int(16, True, unit))}, name, readers, opsets)


def _walk(importer: Importer, node: Any, index: int) -> None:
    """Read one node."""
    domain = "" if node.domain in ("", "ai.onnx") else "qonnx" if node.domain in QUANTIZERS else node.domain
    for name in node.input:
        if name and name not in importer.tensors:
            raise ModelError(at(node, f"expected input {name} to be defined before it, found none"))
    try:
        made: Tensor | tuple[Edge, ...] | None = _constant(importer, node)
        if made is None:
            handler = HANDLERS.get((domain, node.op_type))
            if handler is None:
                supported = ", ".join(op for _, op in HANDLERS)
                raise ModelError(at(node, f"expected one of {supported}, found {node.op_type}, which is unsupported"))
            made = handler(importer, node, label(node, index))
        for position, tensor in enumerate(made if isinstance(made, tuple) else (made,)):
            importer.put(node, position, tensor)
    except ModelError:
        raise
    except DAMAGE as error:
        raise ModelError(at(node, f"expected a well-formed node, found {line(error)}")) from None


def _constant(importer: Importer, node: Any) -> Constant | None:
    """What a node makes of constants alone; None if samples come in or it is a quantizer's to make."""
    if node.domain not in ("", "ai.onnx"):
        return None
    if node.op_type == "Constant":
        return stated(node)
    given = [importer.tensors[name] if name else None for name in node.input]
    constants = [tensor for tensor in given if tensor is None or isinstance(tensor, Constant)]
    return folded(node, constants) if len(constants) == len(given) else None


def _cast(importer: Importer, node: Any, name: str) -> Tensor:
    """Between float types, which is nothing here."""
    (target,) = required(node, "to")
    if target not in (*FLOATS, onnx.TensorProto.DOUBLE):
        raise ModelError(at(node, "expected a cast between float types, found another; quantize instead"))
    return importer.tensors[node.input[0]]


def _identity(importer: Importer, node: Any, name: str) -> Tensor:
    return importer.tensors[node.input[0]]


Handler = Callable[[Importer, Any, str], Tensor | tuple[Edge, ...]]
HANDLERS: dict[tuple[str, str], Handler] = {
    ("qonnx", "Quant"): pointwise.quant,
    ("", "Conv"): layers.conv,
    ("", "ConvTranspose"): layers.conv_transpose,
    ("", "Gemm"): layers.gemm,
    ("", "MatMul"): layers.matmul,
    ("", "BatchNormalization"): layers.batch_norm,
    ("", "Relu"): pointwise.relu,
    ("", "Clip"): pointwise.clip,
    ("", "Sigmoid"): pointwise.sigmoid,
    ("", "Tanh"): pointwise.tanh,
    ("", "HardSigmoid"): pointwise.hard_sigmoid,
    ("", "Abs"): pointwise.absolute,
    ("", "Neg"): pointwise.negative,
    ("", "ArgMax"): pointwise.arg_max,
    ("", "Add"): pointwise.add,
    ("", "Sub"): pointwise.subtract,
    ("", "Mul"): pointwise.multiply,
    ("", "Div"): pointwise.divide,
    ("", "MaxPool"): shapes.pool,
    ("", "AveragePool"): shapes.pool,
    ("", "GlobalMaxPool"): shapes.global_pool,
    ("", "GlobalAveragePool"): shapes.global_pool,
    ("", "ReduceMean"): shapes.global_pool,
    ("", "Resize"): shapes.resize,
    ("", "Upsample"): shapes.resize,
    ("", "Concat"): shapes.concat,
    ("", "Split"): shapes.split,
    ("", "Slice"): shapes.slice_,
    ("", "Pad"): shapes.pad,
    ("", "Transpose"): shapes.transpose,
    ("", "Squeeze"): shapes.squeeze,
    ("", "Unsqueeze"): shapes.unsqueeze,
    ("", "Flatten"): shapes.flatten,
    ("", "Reshape"): shapes.reshape,
    ("", "Identity"): _identity,
    ("", "Dropout"): _identity,
    ("", "Cast"): _cast,
    ("", "Constant"): _identity,
    ("qonnx", "IntQuant"): pointwise.quant,
    ("qonnx", "BipolarQuant"): pointwise.bipolar_quant,
    ("qonnx", "Trunc"): pointwise.trunc,
    (DOMAIN, "Biquad"): custom.biquad,
    (DOMAIN, "Peak"): custom.peak,
    (DOMAIN, "LocalPeak"): custom.local_peak,
    (DOMAIN, "Noise"): custom.noise,
    (DOMAIN, "AdaptiveThreshold"): custom.adaptive_threshold,
    (DOMAIN, "Threshold"): custom.threshold,
    (DOMAIN, "Delta"): custom.delta,
    (DOMAIN, "CommonAverage"): custom.common_average,
    (DOMAIN, "CommonMedian"): custom.common_median,
    (DOMAIN, "NonlinearEnergy"): custom.nonlinear_energy,
    (DOMAIN, "Rectify"): custom.rectify,
    (DOMAIN, "ArgMax"): custom.arg_max,
    (DOMAIN, "HardSigmoid"): custom.hard_sigmoid,
    (DOMAIN, "Delay"): custom.delay,
    (DOMAIN, "StateSpace"): custom.state_space,
    (DOMAIN, "Lif"): custom.lif,
    (DOMAIN, "Gru"): custom.gru,
}
