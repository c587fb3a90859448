"""The windowed network, evaluated as ONNX and QONNX define it, in float64: what the importer's graph is held against.

Nothing here knows streams, and nothing is taken from the importer but the operators of edgesort.ops. Most nodes go
to onnx.reference; Quant goes to qonnx. Layers that onnx.reference loops over in Python are written out here by their
specification, tap by tap; a test compares them with onnxruntime. Scales are powers of two and every sum stays
below 2^53, so float64 is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from qonnx.custom_op.general.bipolar_quant import binary_quant
from qonnx.custom_op.general.intquant import int_quant
from qonnx.custom_op.general.trunc import trunc_v1, trunc_v2

from edgesort.fixed import Array
from edgesort.frontends.qonnx.node import array, attributes

FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16)
NEAREST: Mapping[str, Callable[[Array], Array]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "round_prefer_floor": lambda at: np.ceil(at - 0.5),
    "round_prefer_ceil": lambda at: np.floor(at + 0.5),
}
Custom = Callable[[str, tuple[Array, ...]], Array]


class Conv(OpRun):  # type: ignore[misc]
    op_domain = ""

    def _run(self, x: Array, w: Array, b: Array | None = None, **given: Any) -> tuple[Array]:
        axes = x.shape[2:]
        strides, dilations, pads, groups = _spatial(given, len(axes))
        padded = np.pad(x, [(0, 0), (0, 0), *zip(pads[: len(axes)], pads[len(axes) :], strict=True)])
        sizes = [
            (n - 1 - (k - 1) * d) // s + 1
            for n, k, d, s in zip(padded.shape[2:], w.shape[2:], dilations, strides, strict=True)
        ]
        y = np.zeros((x.shape[0], w.shape[0], *sizes))
        for tap in np.ndindex(*w.shape[2:]):
            cut = [
                slice(t * d, t * d + (n - 1) * s + 1, s)
                for t, d, n, s in zip(tap, dilations, sizes, strides, strict=True)
            ]
            part = padded[(slice(None), slice(None), *cut)]
            y += _grouped(w[(slice(None), slice(None), *tap)], part, groups)
        return (y if b is None else y + b.reshape(1, -1, *[1] * len(axes)),)


class ConvTranspose(OpRun):  # type: ignore[misc]
    op_domain = ""

    def _run(self, x: Array, w: Array, b: Array | None = None, **given: Any) -> tuple[Array]:
        axes = x.shape[2:]
        strides, dilations, pads, groups = _spatial(given, len(axes))
        extra = given.get("output_padding") or [0] * len(axes)
        sizes = [
            (n - 1) * s + (k - 1) * d + 1 + e
            for n, k, d, s, e in zip(axes, w.shape[2:], dilations, strides, extra, strict=True)
        ]
        y = np.zeros((x.shape[0], w.shape[1] * groups, *sizes))
        weight = w.reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2).reshape(-1, w.shape[0] // groups, *w.shape[2:])
        for tap in np.ndindex(*w.shape[2:]):
            cut = [
                slice(t * d, t * d + (n - 1) * s + 1, s)
                for t, d, n, s in zip(tap, dilations, axes, strides, strict=True)
            ]
            y[(slice(None), slice(None), *cut)] += _grouped(weight[(slice(None), slice(None), *tap)], x, groups)
        kept = [slice(pads[k], size - pads[len(axes) + k]) for k, size in enumerate(sizes)]
        y = y[(slice(None), slice(None), *kept)]
        return (y if b is None else y + b.reshape(1, -1, *[1] * len(axes)),)


class MaxPool(OpRun):  # type: ignore[misc]
    op_domain = ""

    def _run(self, x: Array, **given: Any) -> tuple[Array]:
        return (_pooled(x, given, np.maximum),)


class AveragePool(OpRun):  # type: ignore[misc]
    op_domain = ""

    def _run(self, x: Array, **given: Any) -> tuple[Array]:
        return (_pooled(x, given, np.add) / np.prod(given["kernel_shape"]),)


class GlobalMaxPool(OpRun):  # type: ignore[misc]
    op_domain = ""

    def _run(self, x: Array) -> tuple[Array]:
        return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)


class Resize(OpRun):  # type: ignore[misc]
    """Nearest, with the source index of each output computed as the specification says."""

    op_domain = ""

    def _run(self, x: Array, *inputs: Array | None, **given: Any) -> tuple[Array]:
        old = len(inputs) == 1
        scales = inputs[0 if old else 1]
        if scales is None or not np.size(scales):
            scales = np.array(inputs[2], np.float64) / x.shape
        place = "asymmetric" if old else given.get("coordinate_transformation_mode") or "half_pixel"
        nearest = "floor" if old else given.get("nearest_mode") or "round_prefer_floor"
        half = 0.0 if place == "asymmetric" else 0.5
        for axis, scale in enumerate(np.ravel(scales)):
            at = (np.arange(int(x.shape[axis] * scale)) + half) / scale - half
            index = np.clip(NEAREST[nearest](at), 0, x.shape[axis] - 1).astype(np.int64)
            x = np.take(x, index, axis=axis)
        return (x,)


class Pad(OpRun):  # type: ignore[misc]
    """Zeros outside, and frames away where a pad is negative."""

    op_domain = ""

    def _run(self, x: Array, pads: Array | None = None, *rest: Array, **given: Any) -> tuple[Array]:
        both = np.reshape(given["pads"] if pads is None else pads, (2, -1)).astype(np.int64)
        x = np.pad(x, np.maximum(both, 0).T)
        return (x[tuple(slice(-min(0, a), n + min(0, b)) for n, a, b in zip(x.shape, *both, strict=True))],)


class Upsample(OpRun):  # type: ignore[misc]
    op_domain = ""

    def _run(self, x: Array, scales: Array | None = None, **given: Any) -> tuple[Array]:
        for axis, scale in enumerate(np.ravel(given["scales"] if scales is None else scales)):
            x = np.repeat(x, int(scale), axis=axis)
        return (x,)


class Quant(OpRun):  # type: ignore[misc]
    op_domain = "qonnx.custom_op.general"

    def _run(self, x: Array, scale: Array, zero: Array, bits: Array, **given: Any) -> tuple[Array]:
        mode = given.get("rounding_mode", "ROUND")
        mode = {"ROUND_TO_ZERO": "DOWN"}.get(mode, mode)
        flags = given.get("signed", 1), given.get("narrow", 0)
        return (np.asarray(int_quant(x, scale, zero, np.asarray(bits).reshape(()), *flags, mode)),)


class BipolarQuant(OpRun):  # type: ignore[misc]
    op_domain = "qonnx.custom_op.general"

    def _run(self, x: Array, scale: Array, **given: Any) -> tuple[Array]:
        return (np.asarray(binary_quant(x, scale)),)


class Trunc(OpRun):  # type: ignore[misc]
    op_domain = "qonnx.custom_op.general"

    def _run(self, x: Array, scale: Array, zero: Array, bits: Array, *rest: Array, **given: Any) -> tuple[Array]:
        mode = given.get("rounding_mode", "FLOOR")
        if len(rest) == 1:
            return (np.asarray(trunc_v1(x, scale, zero, bits, rest[0], mode)),)
        flags = given.get("narrow", 0), given.get("signed", 1)
        return (np.asarray(trunc_v2(x, scale, zero, bits, *flags, *rest, mode)),)


LAYERS = (Conv, ConvTranspose, MaxPool, AveragePool, GlobalMaxPool, Resize, Upsample, Pad)
QUANTIZERS = (Quant, BipolarQuant, Trunc, type("IntQuant", (Quant,), {}))


def evaluator(model: Any) -> Callable[[Mapping[str, Array], Custom], dict[str, Array]]:
    """What computes every tensor of a model from its inputs; nodes of edgesort.ops by a function that is given too."""
    current: list[Custom] = []

    def run(self: Any, *inputs: Array, **given: Any) -> tuple[Array]:
        return (current[0](self.onnx_node.output[0], inputs),)

    others = {node.domain for node in model.graph.node} - {"", "edgesort.ops"}
    own = [type(op.__name__, (op,), {"op_domain": domain}) for op in QUANTIZERS for domain in others]
    names = {node.op_type for node in model.graph.node if node.domain == "edgesort.ops"}
    own += [type(name, (OpRun,), {"op_domain": "edgesort.ops", "_run": run}) for name in names]
    reference = ReferenceEvaluator(_double(model), new_ops=[*LAYERS, *own])

    def evaluate(inputs: Mapping[str, Array], custom: Custom) -> dict[str, Array]:
        current[:] = [custom]
        feeds = {name: np.asarray(x, np.float64) for name, x in inputs.items()}
        with np.errstate(all="ignore"):
            found = reference.run(None, feeds, intermediate=True)
        return {name: np.asarray(value) for name, value in found.items() if value is not None}

    return evaluate


def _double(model: Any) -> Any:
    """The same model with float64 in place of every float, and no shapes stated."""
    tensors, nodes = [], []
    for tensor in model.graph.initializer:
        values = array(tensor)
        tensors.append(
            numpy_helper.from_array(values.astype(np.float64) if values.dtype.kind == "f" else values, tensor.name)
        )
    for node in model.graph.node:
        if node.op_type == "Constant" and node.domain in ("", "ai.onnx"):
            (value,) = attributes(node).values()
            values = array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)
            values = values.astype(np.float64) if values.dtype.kind == "f" else values
            tensors.append(numpy_helper.from_array(np.asarray(values), node.output[0]))
            continue
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        for attribute in copy.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i in FLOATS:
                attribute.i = TensorProto.DOUBLE
        nodes.append(copy)
    given = {tensor.name for tensor in model.graph.initializer}
    inputs = [
        helper.make_tensor_value_info(v.name, TensorProto.DOUBLE, None)
        for v in model.graph.input
        if v.name not in given
    ]
    outputs = [helper.make_tensor_value_info(v.name, TensorProto.DOUBLE, None) for v in model.graph.output]
    graph = helper.make_graph(nodes, "window", inputs, outputs, tensors)
    return helper.make_model(graph, opset_imports=model.opset_import)


def _spatial(given: Mapping[str, Any], rank: int) -> tuple[list[int], list[int], list[int], int]:
    strides, dilations = (list(given.get(key) or [1] * rank) for key in ("strides", "dilations"))
    return strides, dilations, list(given.get("pads") or [0] * 2 * rank), given.get("group") or 1


def _grouped(weight: Array, x: Array, groups: int) -> Array:
    """weight [O, I] times x [N, G * I, ...], each group of outputs on its own group of inputs."""
    inputs = x.reshape(len(x), groups, weight.shape[1], -1)
    y = weight.reshape(groups, -1, weight.shape[1])[None] @ inputs
    return np.asarray(y.reshape(len(x), len(weight), *x.shape[2:]))


def _pooled(x: Array, given: Mapping[str, Any], join: np.ufunc) -> Array:
    shape = given["kernel_shape"]
    strides, dilations, pads, _ = _spatial(given, len(shape))
    assert not any(pads), "the importer refuses pools with padding"
    sizes = [(n - 1 - (k - 1) * d) // s + 1 for n, k, d, s in zip(x.shape[2:], shape, dilations, strides, strict=True)]
    y: Array | None = None
    for tap in np.ndindex(*shape):
        cut = [
            slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, n, s in zip(tap, dilations, sizes, strides, strict=True)
        ]
        part = x[(slice(None), slice(None), *cut)]
        y = part if y is None else join(y, part)
    assert y is not None
    return y
