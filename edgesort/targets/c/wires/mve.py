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
    x, weight = layer.x.dtype, lines_weight(layer)
    bits = int(Int.holding(min(-1, int(layer.dense.weight.min())), int(layer.dense.weight.max())).bits)
    if weight is None or max(bits, x.bits) > 16 or not Int(32).holds(layer.y.dtype.min, layer.y.dtype.max):
        return None
    groups, outputs, inputs = weight.shape
    line = Int(8 if max(bits, size(x) * 8) <= 8 else 16)
    flips = not x.signed and x.bits == line.bits
    width, lines = inputs // layer.window.kernel, layer.window.kernel * layer.x.size // inputs
    bias = wrapped(layer.dense.bias + (int(flips) << line.bits - 1) * layer.dense.weight.astype(np.int64).sum(1))
    window = inputs * size(line)
    words = -(-max(lines * 2 * window, window + 2 * VECTOR) // 4)  # two vectors may be read at the last window
    packed = interleaved(weight, VECTOR // size(line))
    shift = -np.minimum(layer.shift, 31).reshape(groups, outputs)
    table = np.stack([blocks(bias.reshape(groups, outputs)), blocks(shift)], 2)
    y = layer.y.dtype
    fields = (
        ("lines", f"{lines}"),
        ("groups", f"{groups}"),
        ("outputs", f"{outputs}"),
        ("inputs", f"{inputs}"),
        ("width", f"{width}"),
        ("dilation", f"{layer.window.dilation}"),
        ("stride", f"{layer.window.stride}"),
        ("flip", {8: "0x80808080u", 16: "0x80008000u"}[line.bits] if flips else "0"),
        ("x_type", es_type(x)),
        ("y_type", es_type(y)),
        ("line_type", es_type(line)),
        ("low", f"{y.min}"),
        ("high", f"{y.max}"),
        ("set_words", f"{words}"),
        ("weight_bytes", f"{packed.size * size(line) // groups}"),
        ("table_words", f"{table.size // groups}"),
        ("weight", "{id}_weight"),
        ("table", "{id}_table[0]"),
    )
    tables = (("weight", f"int{line.bits}_t", packed), ("table", "int32_t", table.reshape(-1, 2 * BLOCK)))
    sets = f"struct {{{{ uint32_t at; uint32_t line[{words}]; }}}} set[{layer.window.dilation}];"
    return Wire(tables, fields, f"struct {{{{ es_conv_mve_state turn; {sets} }}}} {{id}}")


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


def blocks(values: Array) -> Array:
    """[groups, outputs] as [groups, blocks, BLOCK], padded with zeros."""
    full = padded(values, 1, BLOCK)
    return full.reshape(len(full), -1, BLOCK)


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
    if split is None or not Int(8).holds(int(weight.min()), int(weight.max())):
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
    if not alone or max(x.bits, y.bits) > 8 or not Int(8).holds(int(weight.min()), int(weight.max())):
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
