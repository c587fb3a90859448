"""Layers on a core with MVE (Armv8.1-M): firmware/kernels/es_*_mve.h."""

from __future__ import annotations

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import Wire, es_type, size

BLOCK = 4  # outputs that share a reading of the input
LANES = 8  # of 16 bits in a vector
VECTOR = 16  # bytes


def conv(layer: Layer) -> Wire | None:
    """es_conv_mve: any layer of 8 or 16 bits whose windows lie in the lines of a frame."""
    x, y, weight = layer.x.dtype, layer.y.dtype, lines_weight(layer)
    bits = 0 if weight is None else bits_of(weight)
    if weight is None or max(bits, x.bits) > 16 or not Int(32).holds(y.min, y.max):
        return None
    groups, outputs, inputs = weight.shape
    line = Int(8 if max(bits, x.bits) <= 8 else 16)
    flips = not x.signed and x.bits == line.bits
    bias = wrapped(layer.dense.bias + (int(flips) << line.bits - 1) * layer.dense.weight.astype(np.int64).sum(1))
    packed = interleaved(weight, VECTOR // size(line))
    table = rows_table(bias.reshape(groups, outputs), layer.shift.reshape(groups, outputs))
    lines = layer.window.kernel * layer.x.size // inputs
    buffer, state = line_buffer(layer, line, lines, 2 * VECTOR)
    fields = (
        ("line", buffer),
        ("groups", f"{groups}"),
        ("outputs", f"{outputs}"),
        ("inputs", f"{inputs}"),
        ("wide", f"{line.bits == 16}".lower()),
        ("y_type", es_type(y)),
        ("low", f"{y.min}"),
        ("high", f"{y.max}"),
        ("weight_bytes", f"{packed.size * size(line) // groups}"),
        ("table_words", f"{table.size // groups}"),
        ("weight", "{id}_weight"),
        ("table", "{id}_table[0]"),
    )
    return Wire((("weight", f"int{line.bits}_t", packed), ("table", "int32_t", table)), fields, state, uses=("mve",))


def line_buffer(layer: Layer, line: Int, lines: int, spare: int) -> tuple[str, str]:
    """An es_mve_line's value and its state, of `line` elements. spare: bytes that are read from a window's start on."""
    x, window = layer.x.dtype, layer.window
    frame = layer.x.size // lines * size(line)
    words = -(-max(lines * 2 * window.kernel * frame, window.kernel * frame + spare) // 4)
    flips = not x.signed and x.bits == line.bits and line.signed
    fields = (
        ("lines", f"{lines}"),
        ("window_bytes", f"{window.kernel * frame}"),
        ("frame_bytes", f"{frame}"),
        ("dilation", f"{window.dilation}"),
        ("stride", f"{window.stride}"),
        ("words", f"{words}"),
        ("flip", {8: "0x80808080u", 16: "0x80008000u"}[line.bits] if flips else "0"),
        ("widens", f"{size(x) < size(line)}".lower()),
        ("x_type", es_type(x)),
    )
    sets = f"struct {{{{ uint32_t at; uint32_t line[{words}]; }}}} set[{window.dilation}];"
    value = ", ".join(f".{name} = {value}" for name, value in fields)
    return f"{{{{{value}}}}}", f"struct {{{{ es_mve_state turn; {sets} }}}} {{id}}"


def rows_table(bias: Array, shift: Array) -> Array:
    """[groups, outputs] of each as [groups * blocks, 2 * BLOCK]: the biases of a block, then its shifts, negative."""
    both = [padded(values, 1, BLOCK).reshape(-1, BLOCK) for values in (bias, -np.minimum(shift, 31))]
    return np.concatenate(both, 1)


def bits_of(weight: Array) -> int:
    """Of the narrowest signed type that holds the weights."""
    return Int.holding(min(-1, int(weight.min())), int(weight.max())).bits


def channels(layer: Layer) -> Wire | None:
    """es_channels_mve: channels each by itself, inputs and weights of 16 bits."""
    x, y, window = layer.x.dtype, layer.y.dtype, layer.window
    weight = np.asarray(layer.dense.weight, np.int64)
    alone = layer.outputs == layer.x.shape[-1] == 1 and layer.inputs == window.kernel > 1
    if not alone or max(bits_of(weight), x.bits) > 16 or not Int(32).holds(y.min, y.max):
        return None
    buffer, state = line_buffer(layer, x, 1, (window.kernel * layer.x.size + BLOCK) * size(x))
    fields = (
        ("line", buffer),
        ("kernel", f"{window.kernel}"),
        ("channels", f"{layer.x.size}"),
        ("y_type", es_type(y)),
        ("low", f"{y.min}"),
        ("high", f"{y.max}"),
        ("weight", "{id}_weight[0]"),
        ("table", "{id}_table[0]"),
    )
    tables = (
        ("weight", "int16_t", by_lanes(np.tile(weight.T, layer.rows), BLOCK)),
        ("table", "int32_t", rows_table(*(np.tile(v, layer.rows)[None] for v in (layer.dense.bias, layer.shift)))),
    )
    return Wire(tables, fields, state, uses=("mve",))


def lines_weight(layer: Layer) -> Array | None:
    """Weights [groups, outputs, kernel * width] for lines of a frame each of which makes a group's outputs.

    A frame [..., width] has its lines on the last axis; None if a group reads other than a line's window.
    """
    groups, kernel, channels = layer.groups, layer.window.kernel, layer.x.shape[-1]
    weight = np.asarray(layer.dense.weight, np.int64).reshape(groups, layer.outputs, layer.inputs)
    if kernel == 1:
        return weight
    if layer.inputs % (kernel * channels):
        return None
    by_tap = weight.reshape(groups, layer.outputs, -1, kernel, channels).swapaxes(2, 3)
    return by_tap.reshape(weight.shape)


def interleaved(weight: Array, lanes: int) -> Array:
    """[groups, outputs, inputs] as [groups * blocks * chunks * BLOCK, lanes], padded with zeros."""
    full = padded(padded(weight, 1, BLOCK), 2, lanes)
    groups, outputs, inputs = full.shape
    parts = full.reshape(groups, outputs // BLOCK, BLOCK, inputs // lanes, lanes)
    return parts.transpose(0, 1, 3, 2, 4).reshape(-1, lanes)


def padded(values: Array, axis: int, multiple: int) -> Array:
    """Zeros behind the last along an axis, up to a multiple."""
    missing = -values.shape[axis] % multiple
    return np.pad(values, [(0, missing if k == axis else 0) for k in range(values.ndim)])


def wrapped(values: Array) -> Array:
    """Modulo 2^32, as the sums are: two's complement of 32 bits."""
    return (values + (1 << 31)) % (1 << 32) - (1 << 31)


def fir(layer: Layer) -> Wire | None:
    """es_fir_mve: one channel of 8 bits, a kernel of 2 to 8, one shift, and sums whose halves fit 16 bits."""
    x, y, window = layer.x.dtype, layer.y.dtype, layer.window
    regular = layer.x.size == window.dilation == window.stride == 1 and 2 <= window.kernel <= 8
    shifts = sorted(set(layer.shift.tolist()))
    if not regular or x.bits > 8 or y.bits > 8 or len(shifts) > 1 or not 1 <= shifts[0] <= 16:
        return None
    weight = np.asarray(layer.dense.weight, np.int64)
    split = halves(weight, layer.dense.bias, x)
    if split is None or bits_of(weight) > 8:
        return None
    at, bias = split
    fields = (
        ("kernel", f"{window.kernel}"),
        ("split", f"{at}"),
        ("outputs", f"{layer.outputs}"),
        ("shift", f"{shifts[0]}"),
        ("x_type", es_type(x)),
        ("y_type", es_type(y)),
        ("low", f"{y.min}"),
        ("high", f"{y.max}"),
        ("weight", "{id}_weight[0]"),
        ("bias", "{id}_bias[0]"),
    )
    tables = (
        ("weight", "int8_t", by_lanes(weight.T)),
        ("bias", "int16_t", by_lanes(bias)),
    )
    return Wire(tables, fields, f"int32_t {{id}}[{window.kernel - 1}]")


def depthwise(layer: Layer) -> Wire | None:
    """es_depthwise_mve: channels of 8 bits each by itself, and sums whose halves fit 16 bits."""
    x, y, window = layer.x.dtype, layer.y.dtype, layer.window
    weight = np.asarray(layer.dense.weight, np.int64)
    alone = layer.outputs == layer.x.shape[-1] == 1 and layer.inputs == window.kernel > 1
    if not alone or max(x.bits, y.bits) > 8 or bits_of(weight) > 8:
        return None
    flips = not x.signed and x.bits == 8
    bias = layer.dense.bias + (int(flips) << 7) * weight.sum(1)
    split = halves(weight, bias, Int(8) if flips else x)
    shift = np.tile(layer.shift, layer.rows)
    if split is None or shift.min() < 1 or shift.max() > 16:
        return None
    at, bias = split
    channels, uniform = layer.x.size, len(set(shift.tolist())) == 1
    weight, bias = np.tile(weight.T, layer.rows), np.tile(bias if bias[1].any() else bias[:1], layer.rows)
    fields = (
        ("kernel", f"{window.kernel}"),
        ("split", f"{at}"),
        ("channels", f"{channels}"),
        ("dilation", f"{window.dilation}"),
        ("stride", f"{window.stride}"),
        ("flip", f"{flips}".lower()),
        ("both", f"{len(bias) == 2}".lower()),
        ("shift", f"{shift[0] - 1 if uniform else -1}"),
        ("y_type", es_type(y)),
        ("low", f"{y.min}"),
        ("high", f"{y.max}"),
        ("weight", "{id}_weight[0]"),
        ("bias", "{id}_bias[0]"),
        ("shifts", "{id}_shifts[0]"),
    )
    blocks_ = -(-channels // VECTOR)
    tables = (
        ("weight", "int8_t", by_lanes(weight, VECTOR)),
        ("bias", "int16_t", even_first(by_lanes(bias, VECTOR))),
        ("shifts", "int8_t", even_first(by_lanes(1 - shift[None], VECTOR))),
    )
    past = f"int8_t past[{window.dilation * blocks_ * (window.kernel - 1) * VECTOR}];"
    return Wire(tables, fields, f"struct {{{{ {past} es_depthwise_mve_state s; }}}} {{id}}")


def even_first(values: Array) -> Array:
    """[rows, lanes] with the even lanes before the odd ones."""
    return np.concatenate([values[:, ::2], values[:, 1::2]], 1)


def by_lanes(values: Array, lanes: int = LANES) -> Array:
    """[rows, outputs] as [blocks * rows, lanes], padded with zeros."""
    full = padded(values, 1, lanes)
    return full.reshape(len(full), -1, lanes).swapaxes(0, 1).reshape(-1, lanes)


def halves(weight: Array, bias: Array, x: Int) -> tuple[int, Array] | None:
    """Where to split the taps and the biases [2, outputs] of both halves, so that each fits 16 bits for every x.

    weight: [outputs, taps]. A split that leaves the bias to the first half is best, then one near the middle; None if
    no split will do.
    """
    taps = weight.shape[1]
    rising, falling = np.maximum(weight * x.max, weight * x.min), np.minimum(weight * x.max, weight * x.min)
    found = []
    for split in range(1, taps):
        parts = slice(split), slice(split, taps)
        least = -(1 << 15) - np.stack([falling[:, part].sum(1) for part in parts])  # of each half's bias
        most = (1 << 15) - 1 - np.stack([rising[:, part].sum(1) for part in parts])
        low, high = np.maximum(least[0], bias - most[1]), np.minimum(most[0], bias - least[1])
        if (low <= high).all() and (least <= most).all():
            first = np.clip(bias, low, high)
            found.append(((first != bias).any(), abs(2 * split - taps - 1), split, first))
    if not found:
        return None
    *_, split, first = min(found, key=lambda choice: choice[:3])
    return split, np.stack([first, bias - first])
