"""QONNX in, Graph out: every node either has an exact integer meaning or is refused by name.

A model is a network over time: tensors are [1, channels, time], nothing is padded, so the streaming
graph equals it once the receptive field has filled. Quant nodes carry the types (power-of-two scale,
zero point 0, floor for activations); the domain `edgesort.ops` carries what ONNX has no name for
(Biquad, Peak). Specification of Quant: QONNX, docs/qonnx-custom-ops. This is the only importer of onnx.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError as ModelError
from edgesort.graph import Graph, GraphError, Node, Op, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.passes import simplify

DOMAIN = "edgesort.ops"
DAMAGE = (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError)  # what a damaged file can raise


@dataclass(frozen=True)
class Edge:
    """A tensor over time: the graph node that makes it, and its scale's exponent, one for all or one a channel."""

    node: str
    exponents: tuple[int, ...]


@dataclass(frozen=True)
class Constant:
    """A constant tensor; after a Quant node also its integers and the exponent of each output channel."""

    values: Array
    integers: Array | None = None
    exponents: tuple[int, ...] = ()


@dataclass
class Importer:
    """What has been read so far."""

    tensors: dict[str, Edge | Constant]
    streams: dict[str, Stream]
    input: str
    nodes: list[Node] = field(default_factory=list)

    def add(self, name: str, op: Op, source: str) -> str:
        """Append a node, named uniquely; returns its name."""
        while name in self.streams:
            name += "_"
        try:
            self.streams[name] = op.infer(self.streams[source])
        except GraphError as error:
            raise ModelError(f"node {name} ({op.kind}): {error}") from None
        self.nodes.append(Node(name, op, (source,)))
        return name


def load(path: str | Path) -> Graph:
    """Read a QONNX file into a checked, simplified Graph. ModelError (one line) if it has no exact meaning."""
    return convert(read(Path(path)), path)[0]


def convert(model: Any, path: str | Path) -> tuple[Graph, dict[str, Edge | Constant]]:
    """The Graph of an ONNX model, and what became of each of its tensors."""
    meta = {entry.key: entry.value for entry in model.metadata_props}
    try:
        labels = tuple(str(label) for label in json.loads(meta.get("labels", "[]")))
        rate, delay = float(meta["sampling_frequency"]), int(meta.get("event_delay", 0))
        provenance = tuple((k, str(v)) for k, v in json.loads(meta.get("provenance", "{}")).items())
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path}: expected metadata sampling_frequency (Hz), labels (JSON list) and event_delay (frames), "
            f"found {error!r}; export with edgesort.train.export or set the metadata"
        ) from None
    importer = _start(model)
    for index, node in enumerate(model.graph.node):
        handler = HANDLERS.get((node.domain if node.domain == DOMAIN else "", node.op_type))
        if handler is None:
            raise ModelError(_at(node, f"expected one of {_supported()}, found {node.op_type}, which is unsupported"))
        for name in node.input:
            if name and name not in importer.tensors:
                raise ModelError(_at(node, f"expected input {name} to be defined before it, found none"))
        try:
            importer.tensors[node.output[0]] = handler(importer, node, _name(node, index))
        except ModelError:
            raise
        except DAMAGE as error:
            raise ModelError(_at(node, f"expected a well-formed node, found {_line(error)}")) from None
    outputs = [importer.tensors.get(value.name) for value in model.graph.output]
    names = tuple(edge.node for edge in outputs if isinstance(edge, Edge))
    if not outputs or len(names) != len(outputs):
        raise ModelError(f"{path}: expected outputs that depend on the input, found {len(names)} of {len(outputs)}")
    name = meta.get("name", Path(path).stem)
    stream = importer.streams[importer.input]
    graph = Graph(
        name, rate, (importer.input, stream), tuple(importer.nodes), names, labels, delay, provenance=provenance
    )
    try:
        return simplify(graph.check()), importer.tensors
    except GraphError as error:
        raise ModelError(f"{path}: {error}") from None


def read(path: Path) -> Any:
    """The ONNX model in a file; ModelError if there is none or it is damaged."""
    if not path.is_file():
        raise ModelError(f"{path}: expected a QONNX model file, found none")
    try:
        model = onnx.load(str(path), load_external_data=False)
        onnx.checker.check_model(model)
    except Exception as error:  # protobuf and the checker raise many unrelated types
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise ModelError(
            f"{path}: expected a valid ONNX file, found a damaged one ({reason}); export it again"
        ) from None
    return model


def _start(model: Any) -> Importer:
    """The constants, and the input as int16 samples."""
    tensors: dict[str, Edge | Constant] = {}
    for tensor in model.graph.initializer:
        try:
            tensors[tensor.name] = Constant(np.asarray(numpy_helper.to_array(tensor), np.float64))
        except DAMAGE as error:
            raise ModelError(
                f"tensor {tensor.name!r}: expected its stated shape and type, found {_line(error)}"
            ) from None
    inputs = [value for value in model.graph.input if value.name not in tensors]
    if len(inputs) != 1:
        raise ModelError(f"model: expected one input of samples, found {len(inputs)}")
    dims = [d.dim_value for d in inputs[0].type.tensor_type.shape.dim]
    if len(dims) != 3 or dims[0] > 1 or dims[1] < 1:
        raise ModelError(f"input {inputs[0].name}: expected shape [1, channels, time], found {dims}")
    name = inputs[0].name
    tensors[name] = Edge(name, (0,))
    return Importer(tensors, {name: Stream((dims[1],), Int(16))}, name)


def _name(node: Any, index: int) -> str:
    """The module that the node came from: torch's scope if the exporter wrote it, else the node's name."""
    scopes = {p.key: p.value for p in node.metadata_props}.get("pkg.torch.onnx.name_scopes", "")
    parts = [part for part in scopes.strip("[]").replace("'", "").replace('"', "").split(", ") if part]
    scope = parts[0] if parts else node.name.strip("/")
    name = scope.split("/")[0].split(".")[0]
    return "".join(c if c.isalnum() else "_" for c in name) or f"{node.op_type.lower()}_{index}"


def _line(error: Exception) -> str:
    """What an error says, in one line of bounded length."""
    return " ".join(str(error).split())[:160] or type(error).__name__


def _at(node: Any, text: str) -> str:
    return f"node {node.name or node.output[0]} ({node.op_type}): {text}"


def _supported() -> str:
    return ", ".join(op for _, op in HANDLERS)


def _attributes(node: Any) -> dict[str, Any]:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _edge(importer: Importer, node: Any, position: int = 0) -> Edge:
    tensor = importer.tensors[node.input[position]]
    if not isinstance(tensor, Edge):
        raise ModelError(_at(node, f"expected input {node.input[position]} to depend on the samples, found a constant"))
    return tensor


def _constant(importer: Importer, node: Any, position: int, what: str) -> Constant:
    tensor = importer.tensors[node.input[position]]
    if not isinstance(tensor, Constant):
        raise ModelError(_at(node, f"expected a constant {what}, found one computed from the samples"))
    return tensor


def _power_of_two(node: Any, values: Array, what: str) -> tuple[int, ...]:
    """The exponents of power-of-two scales."""
    mantissa, exponent = np.frexp(np.asarray(values, np.float64).ravel())
    if not (mantissa == 0.5).all():
        found = np.asarray(values).ravel()[mantissa != 0.5][0]
        raise ModelError(
            _at(node, f"expected {what} to be a power of two, found {found:g}; train with fixed-point quantizers")
        )
    return tuple(int(e) - 1 for e in exponent)


def _quant(importer: Importer, node: Any, name: str) -> Edge | Constant:
    scale = _constant(importer, node, 1, "scale").values
    zero = _constant(importer, node, 2, "zero point").values
    bits = _constant(importer, node, 3, "bit width").values
    attributes = _attributes(node)
    signed, narrow = bool(attributes.get("signed", 1)), bool(attributes.get("narrow", 0))
    mode = attributes.get("rounding_mode", b"ROUND").decode()
    if zero.any():
        raise ModelError(_at(node, f"expected zero point 0, found {zero.ravel()[zero.ravel() != 0][0]:g}"))
    if bits.size != 1 or bits.item() != int(bits.item()) or not 1 <= bits.item() <= 32:
        raise ModelError(_at(node, f"expected a bit width of 1 to 32, found {bits.ravel()[0]:g}"))
    exponents = _power_of_two(node, scale, "scale")
    dtype = Int(int(bits.item()), signed)
    source = importer.tensors[node.input[0]]
    if isinstance(source, Constant):
        return _quantize(node, source, scale, dtype, narrow, mode)
    if narrow:
        raise ModelError(_at(node, "expected narrow 0 for activations, found 1; quantize them over the full range"))
    if len(set(exponents)) != 1:
        raise ModelError(_at(node, "expected one scale for all activations, found one a channel"))
    shifts = tuple(exponents[0] - e for e in source.exponents)
    if min(shifts) < 0:
        raise ModelError(
            _at(node, f"expected a scale no finer than its input's, 2^{max(source.exponents)}, found 2^{exponents[0]}")
        )
    if mode != "FLOOR" and max(shifts) > 0:
        raise ModelError(_at(node, f"expected rounding_mode FLOOR for activations, found {mode}; train with floor"))
    op = Requant(shifts, Int(dtype.bits, dtype.signed, exponents[0]))
    return Edge(importer.add(name, op, source.node), exponents[:1])


def _quantize(node: Any, source: Constant, scale: Array, dtype: Int, narrow: bool, mode: str) -> Constant:
    """A constant on its grid, as QONNX defines Quant; the scale is one, or one an output channel (axis 0)."""
    rounding = {"ROUND": np.rint, "FLOOR": np.floor, "CEIL": np.ceil, "ROUND_TO_ZERO": np.trunc}
    if mode not in rounding:
        raise ModelError(_at(node, f"expected rounding_mode of {', '.join(rounding)}, found {mode}"))
    if not np.isfinite(source.values).all():
        raise ModelError(_at(node, "expected finite constants, found NaN or infinity"))
    low = dtype.min + (1 if narrow and dtype.signed else 0)
    high = dtype.max - (1 if narrow and not dtype.signed else 0)
    integers = np.clip(rounding[mode](source.values / scale), low, high).astype(np.int64)
    return Constant(integers * scale, integers, _power_of_two(node, scale, "scale"))


def _conv(importer: Importer, node: Any, name: str) -> Edge:
    source, weight = _edge(importer, node), _constant(importer, node, 1, "weight")
    attributes = _attributes(node)
    if weight.integers is None:
        raise ModelError(_at(node, "expected quantized weights, found float ones; train with quantized layers"))
    if weight.integers.ndim != 3:
        raise ModelError(_at(node, f"expected a 1-D convolution, found weights of shape {weight.integers.shape}"))
    if any(attributes.get("pads", ())) or attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        raise ModelError(_at(node, "expected no padding, found some; a stream has no borders, so train on windows"))
    out, _, kernel = weight.integers.shape
    groups = attributes.get("group", 1)
    if groups > 1 and kernel > 1:
        raise ModelError(_at(node, f"expected groups 1 for kernels above 1, found {groups} groups: unsupported"))
    if len(set(source.exponents)) != 1:
        raise ModelError(_at(node, "expected activations at one scale, found one a channel; add a Quant before it"))
    exponents = tuple(source.exponents[0] + e for e in weight.exponents)
    bias = np.zeros(out, np.int64)
    if len(node.input) > 2 and node.input[2]:
        bias = _bias(node, _constant(importer, node, 2, "bias"), np.broadcast_to(exponents, out))
    (stride,), (dilation,) = attributes.get("strides", [1]), attributes.get("dilations", [1])
    entry = source.node
    if kernel > 1 or stride > 1:
        entry = importer.add(f"{name}_window", Window(kernel, dilation, stride), entry)
    matrix = weight.integers.transpose(0, 2, 1).reshape(out, -1)
    dense = Dense(matrix, bias, groups, max(weight.exponents))
    return Edge(importer.add(name, dense, entry), exponents if len(set(exponents)) > 1 else exponents[:1])


def _bias(node: Any, bias: Constant, exponents: Array) -> Array:
    """Bias integers at the accumulator's scale."""
    values = bias.values / np.exp2(exponents)
    if bias.integers is None or not np.equal(values, np.rint(values)).all():
        raise ModelError(
            _at(
                node,
                f"expected a bias on the accumulator's grid of 2^{int(exponents.min())}, found another; quantize it",
            )
        )
    return values.astype(np.int64)


def _relu(importer: Importer, node: Any, name: str) -> Edge:
    """Saturation to an unsigned type as wide as its input; a Quant after it takes it over (passes.fold)."""
    source = _edge(importer, node)
    dtype = importer.streams[source.node].dtype
    rectifier = Requant((0,), Int.holding(0, dtype.max, dtype.exponent))
    return Edge(importer.add(f"{name}_relu", rectifier, source.node), source.exponents)


def _scale_input(importer: Importer, node: Any, name: str) -> Edge:
    """Mul of the samples by a power of two: their unit, an annotation."""
    source, factor = _edge(importer, node), _constant(importer, node, 1, "factor")
    if source.node != importer.input or factor.values.size != 1:
        raise ModelError(_at(node, "expected the samples times one constant, found another product: unsupported"))
    (exponent,) = _power_of_two(node, factor.values, "factor")
    importer.streams[importer.input] = Stream(importer.streams[importer.input].shape, Int(16, True, exponent))
    return Edge(importer.input, (exponent,))


def _biquad(importer: Importer, node: Any, name: str) -> Edge:
    source, a = _edge(importer, node), _attributes(node)
    flat = a.get("sections", [])
    sections = tuple(tuple(flat[i : i + 5]) for i in range(0, len(flat), 5))
    try:
        op = Biquad(sections, a["bits"], a["fraction"], a["guard"])
    except KeyError as error:
        raise ModelError(
            _at(node, f"expected attributes sections, bits, fraction and guard, found no {error}")
        ) from None
    return Edge(importer.add(name, op, source.node), tuple(e - op.guard for e in source.exponents))


def _peak(importer: Importer, node: Any, name: str) -> Edge:
    source, a = _edge(importer, node), _attributes(node)
    try:
        op = Peak(tuple(a["threshold"]), a["reach"], a["refractory"])
    except KeyError as error:
        raise ModelError(_at(node, f"expected attributes threshold, reach and refractory, found no {error}")) from None
    return Edge(importer.add(name, op, source.node), source.exponents)


def _value(importer: Importer, node: Any, name: str) -> Constant:
    (attribute,) = node.attribute
    value = onnx.helper.get_attribute_value(attribute)
    array = numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)
    return Constant(np.asarray(array, np.float64))


def _identity(importer: Importer, node: Any, name: str) -> Edge | Constant:
    return importer.tensors[node.input[0]]


def _refuse_batchnorm(importer: Importer, node: Any, name: str) -> Edge:
    raise ModelError(
        _at(node, "expected it folded into the layer before, found it alone; merge it before quantizing "
            "(brevitas.graph.utils or train without it), since its float scale has no exact integer form")
    )  # fmt: skip


HANDLERS = {
    ("", "Quant"): _quant,
    ("", "Conv"): _conv,
    ("", "Relu"): _relu,
    ("", "Mul"): _scale_input,
    ("", "Constant"): _value,
    ("", "Identity"): _identity,
    ("", "BatchNormalization"): _refuse_batchnorm,
    (DOMAIN, "Biquad"): _biquad,
    (DOMAIN, "Peak"): _peak,
}
