"""Layers on Cortex-M cores with the DSP extension: the constants of es_taps_dsp and es_conv_dsp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import Wire, types

FLIP = 0x80808080  # between signed bytes and the same plus 128


@dataclass(frozen=True)
class Block:
    """Outputs that es_conv_dsp computes together, of so many sums: chained where they are more than the sums."""

    code: int  # es_conv_dsp_block
    sums: int
    outputs: int


END, ONE, THREE, FOUR, FOUR_OF_THREE, FIVE_OF_FOUR = (
    Block(code, *size) for code, size in enumerate(((0, 0), (1, 1), (3, 3), (4, 4), (3, 4), (4, 5)))
)


@dataclass(frozen=True)
class Sums:
    """What a layer's kernel adds up. bias: with 128 << shift more where bytes are made signed by FLIP, if `packed`.

    bits: of every partial sum, signed.
    """

    bias: Array
    bits: int
    packed: bool


def conv(layer: Layer) -> Wire | None:
    """es_conv_dsp takes every layer with inputs and weights of 16 bits, and sums and outputs of 32."""
    each, sums = _channels(layer), _sums(layer)
    weight = np.asarray(layer.dense.weight, np.int64)
    if each is None or sums is None or not _holds(16, weight) or not _inside(16, layer.x.dtype):
        return None
    fours, runs = -(-layer.inputs // 4), -(-layer.inputs // 32)
    quads = each % 4 == 0 and layer.x.dtype.bits <= 8
    blocks, words = [], []
    for rows in np.split(np.arange(len(weight)), layer.groups):
        lines = _in_line_order(weight[rows], quads, 4 * fours)
        chosen = _blocks(lines, sums.bits <= 24 and fours > 1)
        words += _words(chosen, lines, sums.bias[rows])
        blocks += [block.code for block in (*chosen, END)]
    length = max(2 * layer.inputs, layer.inputs - each + 4 * fours) if layer.window.kernel > 1 else 4 * fours
    copy = length + length % 2 if each % 2 else 0
    elements = copy + 2 + length if copy else length
    fields = (
        *_sizes(layer, each),
        ("fours", f"{fours}"),
        ("runs", f"{runs}"),
        ("first", f"{fours - 8 * (runs - 1)}"),
        ("copy", f"{copy}"),
        ("unit_elements", f"{elements + elements % 2}"),
        ("lift", f"{16 - int(layer.shift[0]) if sums.packed else 0}"),
        ("flip", f"{FLIP if layer.y.dtype.signed else 0:#x}u"),
        ("packed", "true" if sums.packed else "false"),
        ("quads", "true" if quads else "false"),
        ("low", f"{layer.y.dtype.min}"),
        ("high", f"{layer.y.dtype.max}"),
        *types(layer.x, layer.y),
        ("block", "{id}_block"),
        ("weight", "{id}_weight"),
        ("shift", "{id}_shift"),
    )
    tables = (
        ("block", "uint8_t", np.array(blocks)),
        ("weight", "int32_t", np.concatenate(words)),
        ("shift", "uint8_t", layer.shift),
    )
    ring = f"int16_t ring[{layer.window.dilation}][{layer.rows * layer.groups}][{elements + elements % 2}];"
    return Wire(tables, fields, f"struct {{{{ es_conv_dsp_state line; {ring} }}}} {{id}}")


def _channels(layer: Layer) -> int | None:
    """Elements of a frame that a group of a row reads; None where a group is some of a window's taps."""
    count = layer.inputs // layer.window.kernel
    return count if layer.window.kernel == 1 or count == layer.x.shape[-1] else None


def _sums(layer: Layer) -> Sums | None:
    """None where sums or outputs do not fit 32 bits. Outputs are packed if they are whole bytes, shifted alike."""
    low, high = layer.dense.bounds(layer.x.dtype.min, layer.x.dtype.max)
    shift, y, bias = int(layer.shift[0]), layer.y.dtype, np.asarray(layer.dense.bias, np.int64)
    if not _inside(32, y) or not Int(32).holds(low, high):
        return None
    offset = 128 << min(shift, 16) if y.signed else 0
    alike = y.bits == 8 and shift <= 16 and (layer.shift == shift).all()
    packed = alike and Int(16 + shift).holds(low + offset, high + offset)
    offset = offset if packed else 0
    return Sums(bias + offset, Int.holding(min(low + offset, -1), high + offset).bits, packed)


def _inside(bits: int, dtype: Int) -> bool:
    return Int(bits).holds(dtype.min, dtype.max)


def _holds(bits: int, values: Array) -> bool:
    return Int(bits).holds(int(values.min()), int(values.max()))


def _in_line_order(weight: Array, quads: bool, width: int) -> Array:
    """weight [outputs, inputs], as the line buffer has the inputs, and zeros up to `width`."""
    order = np.arange(weight.shape[1])
    if quads:
        order = order.reshape(-1, 4)[:, [0, 2, 1, 3]].ravel()
    return np.pad(weight[:, order], ((0, 0), (0, width - weight.shape[1])))


def _blocks(weight: Array, chains: bool) -> list[Block]:
    """The blocks of a group's outputs. chains: if sums have 24 bits, and are long enough for it to pay."""
    chosen: list[Block] = []
    left = len(weight)
    while left:
        rows = weight[len(weight) - left :]
        chosen.append(
            next(
                block for block in _candidates(left) if block.outputs == block.sums or (chains and _chain(rows, block))
            )
        )
        left -= chosen[-1].outputs
    return chosen


def _candidates(left: int) -> tuple[Block, ...]:
    """The blocks to try for the first of the outputs left, so that few are left to the slow ones."""
    if left < 4 or left == 6:
        return (THREE,) if left % 3 == 0 else (ONE,)
    return (FIVE_OF_FOUR, FOUR_OF_THREE, FOUR) if left in (5, 10) else (FOUR_OF_THREE, FOUR)


def _chain(rows: Array, block: Block) -> bool:
    return _holds(16, _lanes(rows, block))


def _lanes(rows: Array, block: Block) -> Array:
    """What each of the block's sums adds up, where the outputs in it and after it add up `rows` [outputs, ...]."""
    if block.sums == block.outputs:
        return rows[: block.sums]
    return 256 * rows[: block.sums] + rows[1 : block.outputs]


def _words(blocks: list[Block], weight: Array, bias: Array) -> list[Array]:
    """The table `weight` of a group, as es_conv_dsp.h has it."""
    words, first = [], 0
    for block in blocks:
        lanes = _lanes(weight[first:], block)
        pairs = (lanes[:, 1::2] << 16) + (lanes[:, ::2] & 0xFFFF)
        words += [_lanes(bias[first:], block).astype(np.uint32).view(np.int32), pairs.T.ravel().astype(np.int32)]
        first += block.outputs
    return words


def _sizes(layer: Layer, each: int) -> tuple[tuple[str, str], ...]:
    return (
        ("kernel", f"{layer.window.kernel}"),
        ("dilation", f"{layer.window.dilation}"),
        ("stride", f"{layer.window.stride}"),
        ("units", f"{layer.rows * layer.groups}"),
        ("weights", f"{layer.groups}"),
        ("channels", f"{each}"),
        ("outputs", f"{layer.outputs}"),
    )
