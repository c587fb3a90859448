"""Nodes that act on each value by itself: quantizers, rectifiers, curves, sums and products of streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.layers import affine
from edgesort.frontends.qonnx.node import at, attributes, powers_of_two
from edgesort.frontends.qonnx.plan import (
    Constant,
    Curve,
    Edge,
    Importer,
    Tensor,
    along_channels,
    element_exponents,
    shared,
)
from edgesort.frontends.qonnx.shapes import meet
from edgesort.graph import Stream
from edgesort.ops import Add, ArgMax, Dense, HardSigmoid, Multiply, Rectify, Requant, Subtract, Table
from edgesort.ops.table import MOST_BITS

ROUNDING: Mapping[str, Callable[[Array], Array]] = {
    "ROUND": np.rint,
    "HALF_EVEN": np.rint,
    "FLOOR": np.floor,
    "CEIL": np.ceil,
    "ROUND_TO_ZERO": np.trunc,
    "DOWN": np.trunc,
    "UP": lambda x: np.sign(x) * np.ceil(np.abs(x)),
    "HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    "HALF_DOWN": lambda x: np.sign(x) * np.ceil(np.abs(x) - 0.5),
}


@dataclass(frozen=True)
class Quantizer:
    """A Quant node as the specification of QONNX has it: scale, type, narrow range, rounding mode."""

    scale: Array
    exponents: Array
    dtype: Int
    narrow: bool
    mode: str

    def integers(self, values: Array) -> Array:
        """One signed bit is -1 or 1, as brevitas' binary quantizers have it."""
        scaled = values / self.scale
        if self.dtype == Int(1):
            return np.where(scaled >= 0, 1, -1)
        low = self.dtype.min + (1 if self.narrow and self.dtype.signed else 0)
        high = self.dtype.max - (1 if self.narrow and not self.dtype.signed else 0)
        return np.asarray(np.clip(ROUNDING[self.mode](scaled), low, high), np.int64)


def quant(importer: Importer, node: Any, name: str) -> Tensor:
    quantizer = _quantizer(importer, node)
    source = importer.tensors[node.input[0]]
    if isinstance(source, Constant):
        return _quantized(node, source, quantizer)
    if isinstance(source, Curve):
        return _curve(importer, node, name, source, quantizer)
    exponents = along_channels(importer, node, source, quantizer.exponents, "scale")
    shifts = exponents - element_exponents(source, importer.channels(source))
    small = importer.streams[source.node].dtype.bits <= MOST_BITS
    if quantizer.dtype == Int(1):
        return _bipolar(importer, name, source, exponents)
    reason = _unfloored(quantizer, source, shifts)
    if reason and small and len(set(shifts.tolist())) == 1:
        return _table(importer, node, name, source, quantizer, lambda x: x)
    if reason:
        raise ModelError(at(node, reason))
    dtype = Int(quantizer.dtype.bits, quantizer.dtype.signed, int(exponents.max()))
    made, _ = importer.add(name, Requant(shared(shifts), dtype), source.tap)
    return replace(source, node=made, exponents=shared(exponents), crop=0)


def bipolar_quant(importer: Importer, node: Any, name: str) -> Tensor:
    """scale where x >= 0, -scale elsewhere."""
    scale = importer.constant(node, 1, "scale").values
    quantizer = Quantizer(scale, powers_of_two(node, scale, "scale"), Int(1), False, "FLOOR")
    if isinstance(importer.tensors[node.input[0]], Constant):
        return _quantized(node, importer.constant(node, 0, "weight"), quantizer)
    source = importer.edge(node)
    return _bipolar(importer, name, source, along_channels(importer, node, source, quantizer.exponents, "scale"))


def trunc(importer: Importer, node: Any, name: str) -> Edge:
    """Bits cut off below: a shift. Version 1 keeps the scale, version 2 states the one that it ends at."""
    source, mode = importer.edge(node), attributes(node).get("rounding_mode", b"FLOOR").decode()
    constants = [importer.constant(node, k, "parameter").values for k in range(1, len(node.input))]
    version = 1 if importer.opsets.get(node.domain, 1) < 2 else 2
    if len(constants) != version + 3 or any(values.size != 1 for values in constants) or constants[1].any():
        raise ModelError(at(node, "expected its version's inputs, one scale and zero point 0, found others"))
    given, dtype = importer.one_scale(node, source), importer.streams[source.node].dtype
    scale = int(powers_of_two(node, constants[0], "scale").item())
    if given < scale or mode != "FLOOR":
        raise ModelError(at(node, f"expected rounding_mode FLOOR and scale 2^{given}, found {mode} and 2^{scale}"))
    if len(constants) == 4:
        shift, exponent = int(constants[2].item() - constants[3].item()) - (given - scale), scale
        dtype = Int.holding(dtype.min >> max(0, shift), dtype.max >> max(0, shift), exponent)
    else:
        exponent, found = int(powers_of_two(node, constants[3], "output scale").item()), attributes(node)
        shift, dtype = exponent - given, Int(int(constants[4].item()), bool(found.get("signed", 1)), exponent)
        if found.get("narrow", 0):
            raise ModelError(at(node, "expected narrow 0 for activations, found 1; quantize them over the full range"))
    if shift < 0:
        raise ModelError(at(node, f"expected bits to be cut off, found {-shift} more"))
    made, _ = importer.add(name, Requant((shift,), dtype), source.tap)
    return replace(source, node=made, exponents=(exponent,), crop=0)


def relu(importer: Importer, node: Any, name: str) -> Edge:
    """Saturation to an unsigned type as wide as its input; a Quant after it takes it over (passes.fold)."""
    source = importer.edge(node)
    dtype = importer.streams[source.node].dtype
    if not dtype.signed:
        return source
    made, _ = importer.add(f"{name}_relu", Requant((0,), Int.holding(0, dtype.max, dtype.exponent)), source.tap)
    return replace(source, node=made, crop=0)


def clip(importer: Importer, node: Any, name: str) -> Tensor:
    """Nothing if it cuts nothing, saturation if it cuts to a type's range, else what the Quant after it says."""
    source, low, high = importer.edge(node), -np.inf, np.inf
    for position, key in ((1, "min"), (2, "max")):
        bound = importer.given(node, position, key)
        if bound is not None and bound.size != 1:
            raise ModelError(at(node, f"expected one {key}, found {bound.size}"))
        if bound is not None and key == "min":
            low = float(bound.item())
        elif bound is not None:
            high = float(bound.item())
    if len(set(source.exponents)) == 1 and low < high:
        dtype, step = importer.streams[source.node].dtype, 2.0 ** source.exponents[0]
        least, most = max(low / step, float(dtype.min)), min(high / step, float(dtype.max))
        if (least, most) == (dtype.min, dtype.max):
            return source
        if most >= 1 and least <= 0 and (least, most) == (int(least), int(most)):
            target = Int.holding(int(least), int(most), dtype.exponent)
            if (target.min, target.max) == (least, most):
                made, _ = importer.add(name, Requant((0,), target), source.tap)
                return replace(source, node=made, crop=0)
    return Curve(source, lambda x: np.clip(x, low, high), "Clip", clips=(low, high))


def sigmoid(importer: Importer, node: Any, name: str) -> Curve:
    return Curve(importer.edge(node), lambda x: 1 / (1 + np.exp(-x)), "Sigmoid")


def tanh(importer: Importer, node: Any, name: str) -> Curve:
    return Curve(importer.edge(node), np.tanh, "Tanh")


def hard_sigmoid(importer: Importer, node: Any, name: str) -> Curve:
    found = attributes(node)
    slope, middle = found.get("alpha", float(np.float32(0.2))), found.get("beta", 0.5)
    gate = (slope, middle) == (0.25, 0.5)
    return Curve(importer.edge(node), lambda x: np.clip(slope * x + middle, 0, 1), "HardSigmoid", gate=gate)


def absolute(importer: Importer, node: Any, name: str) -> Edge:
    source = importer.edge(node)
    made, _ = importer.add(name, Rectify(), source.tap)
    return replace(source, node=made, crop=0)


def arg_max(importer: Importer, node: Any, name: str) -> Edge:
    """The index of the greatest channel, the first of equals."""
    source, found = importer.edge(node), attributes(node)
    axis = found.get("axis", 0) % len(source.layout)
    if source.layout[axis] != "c" or source.order or not found.get("keepdims", 1) or found.get("select_last_index", 0):
        raise ModelError(at(node, "expected the first greatest channel with keepdims 1, found another"))
    importer.one_scale(node, source)
    made, _ = importer.add(name, ArgMax(), source.tap)
    return replace(source, node=made, exponents=(0,), crop=0)


def add(importer: Importer, node: Any, name: str) -> Edge:
    return _sum(importer, node, name, Add, 1.0)


def subtract(importer: Importer, node: Any, name: str) -> Edge:
    return _sum(importer, node, name, Subtract, -1.0)


def multiply(importer: Importer, node: Any, name: str) -> Edge:
    """A gate, or a change of scale."""
    pair = _constant_and_edge(importer, node)
    if pair is None:
        a, b = _alike(importer, node, name)
        channels = importer.channels(a)
        made, _ = importer.add(name, Multiply(), a.tap, b.tap)
        exponents = element_exponents(a, channels) + element_exponents(b, channels)
        return replace(meet(node, a, b), node=made, exponents=shared(exponents))
    constant, source, _ = pair
    factor = along_channels(importer, node, source, constant.values, "factor")
    return _scaled(importer, node, name, source, factor)


def divide(importer: Importer, node: Any, name: str) -> Edge:
    pair = _constant_and_edge(importer, node)
    if pair is None or pair[2] == 0:
        raise ModelError(at(node, "expected a stream divided by a constant, found another quotient"))
    constant, source, _ = pair
    powers = along_channels(importer, node, source, powers_of_two(node, constant.values, "divisor"), "divisor")
    return _scaled(importer, node, name, source, np.exp2(-powers.astype(np.float64)))


def negative(importer: Importer, node: Any, name: str) -> Edge:
    return affine(importer, node, name, importer.edge(node), np.array([-1.0]), np.zeros(1), "factor")


def _scaled(importer: Importer, node: Any, name: str, source: Edge, factor: Array) -> Edge:
    """Times a constant. The samples times a power of two: their unit, which is noted at the graph's input."""
    made = affine(importer, node, name, source, factor, np.zeros(1), "factor")
    if (source.node, made.node) == (importer.input, importer.input) and len(made.exponents) == 1:
        samples = importer.streams[importer.input]
        unit = Int(samples.dtype.bits, samples.dtype.signed, made.exponents[0])
        importer.streams[importer.input] = Stream(samples.shape, unit)
    return made


def _sum(importer: Importer, node: Any, name: str, op: type[Add] | type[Subtract], sign: float) -> Edge:
    pair = _constant_and_edge(importer, node)
    if pair is not None:
        constant, source, position = pair
        offset = along_channels(importer, node, source, constant.values, "offset")
        factor = np.array([1.0 if position == 1 else sign])
        return affine(importer, node, name, source, factor, offset * (sign if position == 1 else 1.0), "factor")
    a, b = _alike(importer, node, name)
    left = (0, 0)
    if a.exponents != b.exponents:
        exponents = importer.one_scale(node, a), importer.one_scale(node, b)
        left = (exponents[0] - min(exponents), exponents[1] - min(exponents))
    made, _ = importer.add(name, op(left), a.tap, b.tap)
    return replace(meet(node, a, b), node=made, exponents=tuple(e - left[0] for e in a.exponents))


def _constant_and_edge(importer: Importer, node: Any) -> tuple[Constant, Edge, int] | None:
    """The constant, the stream and the constant's position; None if both inputs are streams."""
    for position in (1, 0):
        tensor = importer.tensors[node.input[position]]
        if isinstance(tensor, Constant):
            return tensor, importer.edge(node, 1 - position), position
    return None


def _alike(importer: Importer, node: Any, name: str) -> tuple[Edge, Edge]:
    """Two streams of as many channels: one channel is repeated for all those of the other."""
    a, b = importer.edge(node, 0), importer.edge(node, 1)
    channels = max(importer.channels(a), importer.channels(b))

    def wide(edge: Edge) -> Edge:
        if importer.channels(edge) != 1 or channels == 1:
            return edge
        same = Dense(np.ones((channels, 1), np.int64), np.zeros(channels, np.int64))
        return replace(edge, node=importer.add(f"{name}_wide", same, edge.tap)[0], crop=0)

    return wide(a), wide(b)


def _quantizer(importer: Importer, node: Any) -> Quantizer:
    scale = importer.constant(node, 1, "scale").values
    zero = importer.constant(node, 2, "zero point").values
    bits = importer.constant(node, 3, "bit width").values
    found = attributes(node)
    mode = found.get("rounding_mode", b"ROUND").decode().upper()
    if zero.any():
        raise ModelError(at(node, f"expected zero point 0, found {zero.ravel()[zero.ravel() != 0][0]:g}"))
    if bits.size != 1 or bits.item() != int(bits.item()) or not 1 <= bits.item() <= 32:
        raise ModelError(at(node, f"expected a bit width of 1 to 32, found {bits.ravel()[0]:g}"))
    if mode not in ROUNDING:
        raise ModelError(at(node, f"expected rounding_mode of {', '.join(ROUNDING)}, found {mode}"))
    dtype = Int(int(bits.item()), bool(found.get("signed", 1)))
    return Quantizer(scale, powers_of_two(node, scale, "scale"), dtype, bool(found.get("narrow", 0)), mode)


def _unfloored(quantizer: Quantizer, source: Edge, shifts: Array) -> str:
    """Why a Quant is not y = saturate(x >> shift); empty if it is."""
    if quantizer.narrow:
        return "expected narrow 0 for activations, found 1; quantize them over the full range"
    if shifts.min() < 0:
        finest = int(quantizer.exponents.min())
        return f"expected a scale no finer than its input's, 2^{max(source.exponents)}, found 2^{finest}"
    if quantizer.mode != "FLOOR" and shifts.max() > 0:
        return f"expected rounding_mode FLOOR for activations, found {quantizer.mode}; train with floor"
    return ""


def _quantized(node: Any, source: Constant, quantizer: Quantizer) -> Constant:
    """A constant on its grid; the scale is one, or one an output channel, or any that broadcasts."""
    if not np.isfinite(source.values).all():
        raise ModelError(at(node, "expected finite constants, found NaN or infinity"))
    if np.broadcast_shapes(source.values.shape, quantizer.scale.shape) != source.values.shape:
        raise ModelError(at(node, f"expected a scale for {source.values.shape}, found {quantizer.scale.shape}"))
    values = quantizer.integers(source.values) * quantizer.scale
    return Constant(values, np.broadcast_to(quantizer.exponents, values.shape))


def _curve(importer: Importer, node: Any, name: str, curve: Curve, quantizer: Quantizer) -> Edge:
    """A curve and the Quant after it: a Requant or a gate where that is the same, else a table."""
    source, dtype = curve.edge, quantizer.dtype
    exponents = along_channels(importer, node, source, quantizer.exponents, "scale")
    shifts = exponents - element_exponents(source, importer.channels(source))
    low, high = curve.clips or (np.inf, -np.inf)
    top, bottom = dtype.max * np.exp2(exponents.astype(np.float64)), dtype.min * np.exp2(exponents.astype(np.float64))
    if (low <= bottom).all() and (high >= top).all() and not _unfloored(quantizer, source, shifts):
        target = Int(dtype.bits, dtype.signed, int(exponents.max()))
        made, _ = importer.add(name, Requant(shared(shifts), target), source.tap)
        return replace(source, node=made, exponents=shared(exponents), crop=0)
    fits = not dtype.signed and quantizer.mode == "FLOOR" and not quantizer.narrow and (exponents == -dtype.bits).all()
    if curve.gate and fits and len(set(source.exponents)) == 1 and 2 - dtype.bits >= source.exponents[0]:
        made, _ = importer.add(name, HardSigmoid(2 - dtype.bits - source.exponents[0], dtype.bits), source.tap)
        return replace(source, node=made, exponents=(-dtype.bits,), crop=0)
    found = importer.streams[source.node].dtype
    if found.bits > MOST_BITS:
        raise ModelError(
            at(
                node,
                f"expected {MOST_BITS} bits at most before {curve.what}, found {found.bits}; put a Quant before it",
            )
        )
    return _table(importer, node, name, source, quantizer, curve.function)


def _table(
    importer: Importer, node: Any, name: str, source: Edge, quantizer: Quantizer, function: Callable[[Array], Array]
) -> Edge:
    """The quantized function of every value that the stream can take."""
    given, dtype = importer.one_scale(node, source), importer.streams[source.node].dtype
    if quantizer.scale.size != 1:
        raise ModelError(at(node, f"expected one scale for all, found {quantizer.scale.size}"))
    x = np.arange(dtype.min, dtype.max + 1) * 2.0**given
    both = [np.asarray(function(x.astype(kind)), np.float64) for kind in (np.float64, np.float32)]
    if np.isnan(both).any():
        raise ModelError(at(node, f"expected a value for every input, found none for {x[np.isnan(both).any(0)][0]:g}"))
    values, narrow = (quantizer.integers(y).ravel() for y in both)
    if (values != narrow).any():
        where = x[values != narrow][0]
        raise ModelError(
            at(node, f"expected one value for {where:g} whatever the float type, found it on the edge of two; "
               "change a scale or the bits")
        )  # fmt: skip
    (exponent,) = quantizer.exponents.ravel().tolist()
    bits = 2 if quantizer.dtype == Int(1) else quantizer.dtype.bits  # -1 and 1
    made, _ = importer.add(name, Table(values, Int(bits, quantizer.dtype.signed, exponent)), source.tap)
    return replace(source, node=made, exponents=(exponent,), crop=0)


def _bipolar(importer: Importer, name: str, source: Edge, exponents: Array) -> Edge:
    """The sign bit, and then 2 s + 1: -1 becomes -1 and 0 becomes 1."""
    dtype, channels = importer.streams[source.node].dtype, importer.channels(source)
    sign = importer.add(f"{name}_sign", Requant((dtype.bits - (1 if dtype.signed else 0),), Int(1)), source.tap)
    twice = Dense(np.full((channels, 1), 2), np.ones(channels, np.int64), channels)
    made, _ = importer.add(name, twice, sign)
    return replace(source, node=made, exponents=shared(exponents), crop=0)
