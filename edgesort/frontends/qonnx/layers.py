"""Layers with weights: Conv, ConvTranspose, Gemm, MatMul, and products and sums with constants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.node import at, attributes
from edgesort.frontends.qonnx.plan import (
    MOST_WEIGHTS,
    Constant,
    Edge,
    Importer,
    along_channels,
    element_exponents,
    shared,
)
from edgesort.frontends.qonnx.time import Step, Tap
from edgesort.graph import GraphError, Stream
from edgesort.ops import Dense, DepthToTime, Reshape, Window

FINEST_BITS = 16  # a constant that no Quant made counts as an integer if it needs no more


def conv(importer: Importer, node: Any, name: str) -> Edge:
    """Window over time, then Dense; with groups, the channels of each group are side by side while it is windowed."""
    source, weight = importer.edge(node), importer.constant(node, 1, "weight")
    values, grid = _kernels(node, source, weight)
    kernel, stride, dilation, pads = geometry(node, source, values.shape[2])
    if any(pads):
        raise ModelError(at(node, "expected no padding, found some; a stream has no borders, so train on windows"))
    groups, (out, width, _) = attributes(node).get("group", 1), values.shape
    window = Window(kernel, dilation, stride)
    given = element_exponents(source, importer.channels(source))
    if groups < 1 or groups * width != len(given) or out % groups:
        given = np.full(groups * width, importer.one_scale(node, source))  # Dense refuses it, and says what fits
    inputs = np.tile(given.reshape(groups, 1, width), (1, kernel, 1)).reshape(groups, kernel * width)
    values, grid = (part.transpose(0, 2, 1).reshape(out, kernel * width) for part in (values, grid))
    bias = _bias(importer, node, out)
    if groups > 1 and all(_alike(part, groups) for part in (values, grid, bias, inputs)):
        count = out // groups
        sides, bias = (values[:count], grid[:count]), bias[:count]
        made, exponents = _shared_dense(importer, node, name, source, window, groups, sides, inputs[:1], bias)
        return replace(slid(node, source, window.span(), stride), node=made, exponents=exponents, crop=0)
    tap = source.tap
    if kernel > 1 or stride > 1:
        tap = _window(importer, name, tap, window, groups)
    inputs = inputs[np.arange(out) * groups // out]
    made, exponents = _dense(importer, node, name, tap, (values, grid), inputs, bias, groups)
    return replace(slid(node, source, window.span(), stride), node=made, exponents=exponents, crop=0)


def _alike(part: Array, groups: int) -> bool:
    """Whether all groups of rows hold the same."""
    rows = part.reshape(groups, -1)
    return bool((rows == rows[0]).all())


def _shared_dense(
    importer: Importer,
    node: Any,
    name: str,
    source: Edge,
    window: Window,
    groups: int,
    sides: tuple[Array, Array],
    inputs: Array,
    bias: Array,
) -> tuple[str, tuple[int, ...]]:
    """Groups with the same weights: one matrix that acts on each, with an axis for the groups."""
    width = importer.channels(source) // groups
    tap = importer.add(f"{name}_groups", Reshape((groups, width)), source.tap)
    if window.kernel > 1 or window.stride > 1:
        tap = importer.add(f"{name}_window", window, tap)
    made, exponents = _dense(importer, node, f"{name}_each", tap, sides, inputs, bias, 1)
    flat, _ = importer.add(name, Reshape((groups * len(bias),)), (made, 0))
    return flat, shared(np.tile(np.broadcast_to(exponents, len(bias)), groups))


def conv_transpose(importer: Importer, node: Any, name: str) -> Edge:
    """Window, Dense and DepthToTime: each output phase r has the taps k with k * dilation = r modulo the stride.

    Output n = m * stride + r is made from the inputs up to m, so the first frames of the stream's window are the
    tensor's border; pads take frames away again.
    """
    source, weight = importer.edge(node), importer.constant(node, 1, "weight")
    values, grid = _kernels(node, source, weight)
    kernel, stride, dilation, (front, back) = geometry(node, source, values.shape[2])
    found, groups = attributes(node), attributes(node).get("group", 1)
    if "output_shape" in found:
        raise ModelError(at(node, "expected pads, found output_shape; state the padding"))
    extra = max(found.get("output_padding", [0]))
    if not 0 <= extra < max(stride, dilation):
        raise ModelError(at(node, f"expected output_padding below the stride {stride}, found {extra}"))
    (channels, width, _), reach = values.shape, (kernel - 1) * dilation // stride
    if groups < 1 or channels % groups or channels != importer.channels(source):
        raise ModelError(at(node, f"expected weights for {importer.channels(source)} channels, found {channels}"))
    inside, out = channels // groups, width * groups
    if (stride * out) * (reach + 1) * inside > MOST_WEIGHTS:
        raise ModelError(at(node, f"expected at most {MOST_WEIGHTS} weights, found more"))
    tap = source.tap
    if reach:
        tap = _window(importer, name, tap, Window(reach + 1), groups)
    # Rows (group, phase, channel), columns (frame, channel of the group), oldest frame first.
    grouped = values.reshape(groups, inside, width, kernel), grid.reshape(groups, inside, width, kernel)
    finest = grouped[1].min(axis=(1, 3))
    matrix = np.zeros((groups, stride, width, reach + 1, inside))
    scales = np.broadcast_to(finest[:, None, :, None, None], matrix.shape).copy()
    for k in range(kernel):
        frame, phase = reach - k * dilation // stride, k * dilation % stride
        matrix[:, phase, :, frame] = grouped[0][..., k].transpose(0, 2, 1)
        scales[:, phase, :, frame] = grouped[1][..., k].transpose(0, 2, 1)
    exponent = importer.one_scale(node, source)
    bias = np.broadcast_to(_bias(importer, node, out).reshape(groups, 1, width), (groups, stride, width)).ravel()
    rows = np.broadcast_to(finest[:, None] + exponent, (groups, stride, width)).ravel()
    shape = (groups * stride * width, (reach + 1) * inside)
    sides = matrix.reshape(shape), scales.reshape(shape)
    made, _ = _dense(importer, node, name, tap, sides, np.full(shape, exponent), bias, groups, rows)
    exponents = shared(finest.ravel() + exponent)
    if stride > 1:
        made = _phases(importer, name, made, stride, groups, out)
    length = None if source.time is None else stride * (source.time - 1) + extra + (kernel - 1) * dilation + 1
    left, right = source.borders
    borders = (
        max(0, (reach + left) * stride - front),
        max(0, (kernel - 1) * dilation + 1 - stride + extra + right * stride - back),
    )
    crop, length = front - reach * stride, None if length is None else length - front - back
    return replace(source, node=made, exponents=exponents, crop=crop, time=_length(node, length), borders=borders)


def _phases(importer: Importer, name: str, made: str, stride: int, groups: int, out: int) -> str:
    """The phases of each frame one after the other."""
    tap = made, 0
    if groups > 1:
        tap = importer.add(f"{name}_phases", Reshape((groups, stride * out // groups)), tap)
    tap = importer.add(f"{name}_up", DepthToTime(stride), tap)
    if groups > 1:
        tap = importer.add(f"{name}_flat", Reshape((out,)), tap)
    return tap[0]


def gemm(importer: Importer, node: Any, name: str) -> Edge:
    """Dense over the channels, or over all samples of a flattened window."""
    source, weight, found = importer.edge(node), importer.constant(node, 1, "weight"), attributes(node)
    for key, expected in (("alpha", 1.0), ("beta", 1.0), ("transA", 0)):
        if found.get(key, expected) != expected:
            raise ModelError(at(node, f"expected {key} {expected:g}, found {found[key]:g}"))
    if len(source.layout) != 2 or source.layout[1] != "c":
        raise ModelError(at(node, f"expected [1, channels], found axes {' '.join(source.layout)}; flatten before"))
    sides = _matrix(node, weight, bool(found.get("transB", 0)))
    return _product(importer, node, name, source, sides, _bias(importer, node, len(sides[0])))


def matmul(importer: Importer, node: Any, name: str) -> Edge:
    """Dense over the channels; the constant may stand on either side."""
    right = isinstance(importer.tensors[node.input[1]], Constant)
    if not right and not isinstance(importer.tensors[node.input[0]], Constant):
        raise ModelError(at(node, "expected a constant matrix, found two streams; their product has no fixed weights"))
    source, weight = importer.edge(node, 0 if right else 1), importer.constant(node, 1 if right else 0, "matrix")
    if source.layout[-1 if right else -2 :][:1] != "c":
        raise ModelError(at(node, f"expected a product over channels, found axes {' '.join(source.layout)}"))
    sides = _matrix(node, weight, not right)
    return _product(importer, node, name, source, sides, np.zeros(len(sides[0])))


def affine(importer: Importer, node: Any, name: str, source: Edge, factor: Array, offset: Array, what: str) -> Edge:
    """y = factor * x + offset, an element each: an exponent where a power of two is all, else a Dense.

    A layer before it that nothing else reads takes it over.
    """
    channels = importer.channels(source)
    factor, offset = np.broadcast_to(factor, channels), np.broadcast_to(offset, channels)
    whole, powers = _odd(factor)
    if not np.isfinite(factor).all() or np.abs(whole).max() >= 1 << (FINEST_BITS - 1):
        wrong = factor[~np.isfinite(factor) | (np.abs(whole) >= 1 << (FINEST_BITS - 1))][0]
        raise ModelError(
            at(node, f"expected {what} to be a power of two, found {wrong:g}; train with fixed-point quantizers")
        )
    exponents = element_exponents(source, channels) + powers
    added = _on_grid(node, offset, exponents, "an offset")
    if not added.any() and (whole == 1).all():
        return replace(source, exponents=shared(exponents))
    step = importer.plan[-1] if importer.plan else None
    if step is not None and step.name == source.node and isinstance(step.op, Dense) and importer.alone(node, source):
        dense = step.op
        merged = Dense(dense.weight * whole[:, None], dense.bias * whole + added, dense.groups, dense.weight_exponent)
        importer.absorb(source)
        importer.plan[-1] = Step(step.name, merged, step.taps)
        importer.streams[step.name] = _inferred(node, merged, importer.streams[step.taps[0][0]])
        return replace(source, exponents=shared(exponents))
    made = importer.add(name, Dense(whole[:, None], added, channels, int(powers.max())), source.tap)
    return replace(source, node=made[0], exponents=shared(exponents), crop=0)


def batch_norm(importer: Importer, node: Any, name: str) -> Edge:
    """Exact only if it is a power of two and an offset on the grid; else it must be folded while training."""
    source = importer.edge(node)
    scale, offset, mean, variance = (
        along_channels(
            importer, node, replace(source, layout="c"), importer.constant(node, k, "parameter").values, "value"
        )
        for k in (1, 2, 3, 4)
    )
    factor = scale / np.sqrt(variance + attributes(node).get("epsilon", 1e-5))
    try:
        return affine(importer, node, name, source, factor, offset - mean * factor, "its factor")
    except ModelError as error:
        raise ModelError(
            at(node, "expected it folded into the layer before, found it alone; merge it before quantizing "
               f"(brevitas.graph.utils or train without it), since its float scale has no exact integer form ({error})")
        ) from None  # fmt: skip


def geometry(node: Any, source: Edge, kernel: int) -> tuple[int, int, int, tuple[int, int]]:
    """Kernel, stride, dilation and the pads in front and behind on the axis of time; the other axes must be idle."""
    found, axes = attributes(node), source.layout[2:]
    if source.layout[:2] not in ("nc", "uc") or axes.count("t") != 1:
        raise ModelError(at(node, f"expected [1, channels, time], found axes {' '.join(source.layout)}"))
    if found.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        raise ModelError(at(node, "expected no padding, found some; a stream has no borders, so train on windows"))
    time, rank = axes.index("t"), len(axes)
    strides, dilations = found.get("strides", [1] * rank), found.get("dilations", [1] * rank)
    pads, shape = (
        found.get("pads", [0] * 2 * rank),
        found.get("kernel_shape", [1] * time + [kernel] + [1] * rank)[:rank],
    )
    if not len(strides) == len(dilations) == len(shape) == rank or len(pads) != 2 * rank or shape[time] != kernel:
        raise ModelError(at(node, f"expected attributes for {rank} axes and a kernel of {kernel}, found others"))
    stride, dilation = int(strides[time]), int(dilations[time])
    if min(kernel, stride, dilation) < 1:
        raise ModelError(
            at(node, f"expected kernel, stride and dilation of 1 or more, found {(kernel, stride, dilation)}")
        )
    front, back = int(pads[time]), int(pads[rank + time])
    idle = [pads[k] or pads[rank + k] or shape[k] != 1 for k in range(rank) if k != time]
    if any(idle) or min(front, back) < 0:
        raise ModelError(at(node, "expected a 1-D layer without padding, found kernels or pads on other axes"))
    return kernel, stride, dilation, (front, back)


def slid(node: Any, source: Edge, span: int, stride: int) -> Edge:
    """The edge after a window has slid over it: fewer frames, and borders that reach as far as they must."""
    time = None if source.time is None else (source.time - 1 - span) // stride + 1
    left, right = (-(-border // stride) for border in source.borders)
    return replace(source, time=_length(node, time), borders=(left, right))


def integers(node: Any, constant: Constant, what: str) -> tuple[Array, Array]:
    """A constant's values and the exponent of each one's scale: as a Quant says, or a grid on which all of them lie."""
    if constant.exponents is not None:
        return constant.values, constant.exponents
    whole, powers = _odd(constant.values)
    if constant.values.size and np.isfinite(constant.values).all():
        exponent = powers[whole != 0].min() if whole.any() else 0
        if np.abs(constant.values).max() < np.exp2(float(exponent) + FINEST_BITS - 1):
            return constant.values, np.full(constant.values.shape, exponent)
    raise ModelError(at(node, f"expected quantized {what}, found float ones; train with quantized layers"))


def _odd(values: Array) -> tuple[Array, Array]:
    """values = whole * 2^exponent with the least integers."""
    mantissa, exponent = np.frexp(np.nan_to_num(np.asarray(values, np.float64), posinf=1.1, neginf=1.1))
    whole, exponent = (mantissa * 2.0**53).astype(np.int64), exponent.astype(np.int64) - 53
    low = np.where(whole == 0, 1, whole & -whole)
    return whole // low, np.where(whole == 0, 0, exponent + np.log2(low.astype(np.float64)).astype(np.int64))


def _kernels(node: Any, source: Edge, weight: Constant) -> tuple[Array, Array]:
    """Weights [a, b, kernel] and their exponents; an axis of one that goes with the signal's is dropped."""
    values, grid = integers(node, weight, "weights")
    idle = tuple(k for k in range(2, values.ndim) if values.shape[k] == 1 and source.layout[k : k + 1] == "u")
    values, grid = values.squeeze(idle), grid.squeeze(idle)
    if values.ndim != 3:
        raise ModelError(at(node, f"expected a 1-D convolution, found weights of shape {weight.values.shape}"))
    return values, grid


def _matrix(node: Any, weight: Constant, rows_are_outputs: bool) -> tuple[Array, Array]:
    values, grid = integers(node, weight, "weights")
    if values.ndim != 2:
        raise ModelError(at(node, f"expected a matrix of weights, found shape {values.shape}"))
    return (values, grid) if rows_are_outputs else (values.T, grid.T)


def _product(importer: Importer, node: Any, name: str, source: Edge, sides: tuple[Array, Array], bias: Array) -> Edge:
    values, grid = sides
    inputs = element_exponents(source, importer.channels(source))
    if values.shape[1] != len(inputs):
        raise ModelError(at(node, f"expected weights for {len(inputs)} inputs, found {values.shape[1]}"))
    if source.order:
        order = np.argsort(source.order)
        values, grid = values[:, order], grid[:, order]
    made, exponents = _dense(importer, node, name, source.tap, (values, grid), inputs[None], bias, 1)
    return replace(source, node=made, exponents=exponents, crop=0, order=())


def _window(importer: Importer, name: str, tap: Tap, window: Window, groups: int) -> Tap:
    channels = importer.streams[tap[0]].size
    if groups == 1 or channels % groups:
        return importer.add(f"{name}_window", window, tap)
    tap = importer.add(f"{name}_groups", Reshape((groups, channels // groups)), tap)
    tap = importer.add(f"{name}_window", window, tap)
    return importer.add(f"{name}_taps", Reshape((importer.streams[tap[0]].size,)), tap)


def _dense(
    importer: Importer,
    node: Any,
    name: str,
    tap: Tap,
    sides: tuple[Array, Array],
    inputs: Array,
    bias: Array,
    groups: int,
    rows: Array | None = None,
) -> tuple[str, tuple[int, ...]]:
    """A Dense with weights on each row's finest grid; returns its name and the exponents of what it makes.

    sides: the weights' values and exponents, [O, I]. inputs: the exponents of what each weight multiplies.
    """
    values, grid = sides
    rows = (grid + inputs).min(1) if rows is None else rows
    weight = values * np.exp2((inputs - rows[:, None]).astype(np.float64))
    if not np.abs(weight).max(initial=0) < 1 << 31:
        raise ModelError(at(node, "expected weights of 32 bits on one grid, found larger ones; bring scales closer"))
    added = _on_grid(node, bias, rows, "a bias")
    own = int(rows.max()) - importer.streams[tap[0]].dtype.exponent
    made, _ = importer.add(name, Dense(weight.astype(np.int64), added, groups, own), tap)
    return made, shared(rows)


def _bias(importer: Importer, node: Any, out: int) -> Array:
    if len(node.input) < 3 or not node.input[2]:
        return np.zeros(out)
    values = importer.constant(node, 2, "bias").values
    if values.size not in (1, out):
        raise ModelError(at(node, f"expected {out} biases, found {list(values.shape)}"))
    return np.broadcast_to(values.ravel(), out)


def _on_grid(node: Any, values: Array, exponents: Array, what: str) -> Array:
    """Values as integers at the scales of an accumulator."""
    whole = values / np.exp2(exponents.astype(np.float64))
    if not np.isfinite(whole).all() or (whole != np.rint(whole)).any() or np.abs(whole).max(initial=0) >= 1 << 31:
        grid = int(exponents.min())
        raise ModelError(at(node, f"expected {what} on the accumulator's grid of 2^{grid}, found another; quantize it"))
    return np.asarray(whole, np.int64)


def _length(node: Any, time: int | None) -> int | None:
    if time is not None and time < 1:
        raise ModelError(at(node, "expected a window that is longer than the kernels, found a shorter one"))
    return time


def _inferred(node: Any, op: Dense, stream: Stream) -> Stream:
    try:
        return op.infer(stream)
    except GraphError as error:
        raise ModelError(at(node, str(error))) from None
