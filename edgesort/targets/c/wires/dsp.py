"""Layers on Cortex-M cores with the DSP extension: the constants of es_taps_dsp and es_conv_dsp."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import Wire, types

UNROLLED = 16  # times four inputs


@dataclass(frozen=True)
class Block:
    """Outputs that es_conv_dsp computes together. base: of their chain's weights, base * a + b; 0 if there is none.

    links: chains in it. cycles: estimated, of a Cortex-M4, for each four inputs and besides.
    """

    name: str
    outputs: int
    base: int
    links: int
    cycles: tuple[int, int]

    def lanes(self, rows: Array) -> Array:
        """What the block's sums add up, [sums, ...], where its outputs add up `rows` [outputs, ...]."""
        if not self.base:
            return rows
        return np.concatenate([self.base * part[:-1] + part[1:] for part in np.split(rows, self.links)])


SIX = Block("sixes", 6, 1024, 2, (21, 32))
CHAINED, FIVE = Block("fours", 4, 256, 1, (16, 26)), Block("fives", 5, 256, 1, (21, 33))
FOUR, THREE, ONE = (
    Block("fours", 4, 0, 0, (21, 22)),
    Block("threes", 3, 0, 0, (16, 20)),
    Block("ones", 1, 0, 0, (10, 12)),
)
KINDS = (SIX, CHAINED, FOUR, FIVE, THREE, ONE)  # in the order of their outputs
CHAINS = (CHAINED, FIVE, THREE, ONE)
NAMES = ("sixes", "fours", "fives", "threes", "ones")
LIFT = 128  # more in a chain's weights, so that 256 * -128 + b has 16 bits for b < 0
CHOICES = ((20, 0, (SIX, *CHAINS)), (24, 0, CHAINS), (24, LIFT, CHAINS), (32, 0, (FOUR, THREE, ONE)))


@dataclass(frozen=True)
class Plan:
    """The blocks of a group's outputs, and what is added to the weights of their chains, 0 or LIFT."""

    blocks: tuple[Block, ...]
    lift: int

    def cycles(self, fours: int) -> int:
        blocks = (*self.blocks, *((ONE,) if self.lift else ()))
        return sum(block.cycles[0] * fours + block.cycles[1] for block in blocks)

    def lanes(self, rows: Array, ones: Array) -> Iterator[Array]:
        """What the sums of each block add up, where all outputs add up `rows`. ones: 1 for each input."""
        first = 0
        for block in self.blocks:
            lifted = self.lift * ones if block.links else 0
            yield block.lanes(rows[first : first + block.outputs]) + lifted
            first += block.outputs


def taps(layer: Layer) -> Wire | None:
    """es_taps_dsp takes 3 to 8 taps of single elements, of the same types as `conv`, with one shift for all outputs."""
    kernel, weight = layer.window.kernel, _whole(layer)
    single = _channels(layer) == 1 and layer.window.dilation == 1
    if weight is None or not single or not 3 <= kernel <= 8 or not _alike(layer):
        return None
    bias = np.asarray(layer.dense.bias, np.int64)
    tables = []
    for newest in range(kernel):
        placed = np.roll(weight, newest + 1, axis=1)
        pairs = _pairs(np.pad(placed, ((0, 0), (0, kernel % 2))))
        tables.append(np.concatenate([bias[:, None], pairs], axis=1))
    units = layer.rows * layer.groups
    fields = (
        ("kernel", f"{kernel}"),
        ("stride", f"{layer.window.stride}"),
        ("units", f"{units}"),
        ("weights", f"{layer.groups}"),
        ("outputs", f"{layer.outputs}"),
        ("shift", f"{min(int(layer.shift[0]), 31)}"),
        *_saturated(layer),
        ("weight", "{id}_weight[0]"),
    )
    state = f"struct {{{{ es_taps_dsp_state now; uint32_t taps[{units}][{(kernel + 1) // 2}]; }}}} {{id}}"
    return Wire((("weight", "int32_t", np.concatenate(tables)),), fields, state, uses=("dsp",))


def conv(layer: Layer) -> Wire | None:
    """es_conv_dsp takes every layer with inputs and weights of 16 bits, and sums and outputs of 32."""
    each = _channels(layer)
    weight, bias = _whole(layer), np.asarray(layer.dense.bias, np.int64)
    if each is None or weight is None:
        return None
    runs = -(-layer.inputs // (4 * UNROLLED))
    fours = -(-layer.inputs // (4 * runs))
    by_fours = each % 4 == 0 and layer.x.dtype.bits <= 8
    lines = _in_line_order(weight, by_fours, 4 * fours * runs)
    ones = (np.arange(lines.shape[1]) < layer.inputs).astype(np.int64)
    plan = _plan(layer, lines, ones)
    groups = zip(np.split(lines, layer.groups), np.split(bias, layer.groups), strict=True)
    words = [word for rows, first in groups for word in _words(plan, rows, first, ones)]
    length = max(2 * layer.inputs, layer.inputs - each + lines.shape[1]) if layer.window.kernel > 1 else lines.shape[1]
    copy = length + length % 2 if each % 2 and layer.window.kernel > 1 else 0
    elements = copy + 2 + length if copy else length
    elements += elements % 2
    alike = _alike(layer)
    fields = (
        ("kernel", f"{layer.window.kernel}"),
        ("dilation", f"{layer.window.dilation}"),
        ("stride", f"{layer.window.stride}"),
        ("units", f"{layer.rows * layer.groups}"),
        ("weights", f"{layer.groups}"),
        ("channels", f"{each}"),
        ("runs", f"{runs}"),
        ("each", f"{fours}"),
        ("copy", f"{copy}"),
        ("line_elements", f"{elements}"),
        ("by_fours", _bool(by_fours)),
        ("chained", _bool(CHAINED in plan.blocks)),
        ("lifted", _bool(plan.lift > 0)),
        *((name, f"{sum(block.name == name for block in plan.blocks)}") for name in NAMES),
        ("shift", f"{min(int(layer.shift[0]), 31) if alike else 0}"),
        ("shifts", "NULL" if alike else "{id}_shifts"),
        *_saturated(layer),
        ("weight", "{id}_weight"),
    )
    tables = [("weight", "int32_t", np.concatenate(words))]
    if not alike:
        tables.append(("shifts", "uint8_t", layer.shift))
    line = f"int16_t line[{layer.window.dilation}][{layer.rows * layer.groups}][{elements}];"
    state = f"struct {{{{ es_conv_dsp_state now; {line} }}}} {{id}}"
    return Wire(tuple(tables), fields, state, uses=("dsp",))


def _plan(layer: Layer, lines: Array, ones: Array) -> Plan:
    """The cheapest whose sums are exact and whose lanes have 16 bits, in all groups."""
    bounds, groups = layer.dense.bounds(layer.x.dtype.min, layer.x.dtype.max), np.split(lines, layer.groups)
    fours = lines.shape[1] // 4
    plans = [
        Plan(_cheapest(kinds, layer.outputs, fours), lift) for bits, lift, kinds in CHOICES if Int(bits).holds(*bounds)
    ]
    fitting = [plan for plan in plans if all(_holds(16, lane) for rows in groups for lane in plan.lanes(rows, ones))]
    return min(fitting, key=lambda plan: plan.cycles(fours))


def _cheapest(kinds: tuple[Block, ...], outputs: int, fours: int) -> tuple[Block, ...]:
    """Blocks of these kinds for so many outputs over so many times four inputs."""
    best: list[tuple[Block, ...]] = [()]
    for count in range(1, outputs + 1):
        found = [(*best[count - kind.outputs], kind) for kind in kinds if kind.outputs <= count]
        best.append(min(found, key=lambda blocks: Plan(blocks, 0).cycles(fours)))
    return tuple(sorted(best[-1], key=KINDS.index))


def _words(plan: Plan, weight: Array, bias: Array, ones: Array) -> Iterator[Array]:
    """The table `weight` of a group, as es_dsp.h has it."""
    if plan.lift:
        yield from (np.zeros(1, np.int32), _pairs(ones[None]).ravel())
    nothing = np.zeros(1, np.int64)
    for first, lanes in zip(plan.lanes(bias[:, None], nothing), plan.lanes(weight, ones), strict=True):
        yield first.ravel().astype(np.uint32).view(np.int32)
        yield _pairs(lanes).T.ravel()


def _pairs(lanes: Array) -> Array:
    """Two neighbours of the last axis in a word, the first in its low half."""
    return ((lanes[:, 1::2] << 16) + (lanes[:, ::2] & 0xFFFF)).astype(np.int32)


def _saturated(layer: Layer) -> tuple[tuple[str, str], ...]:
    dtype = layer.y.dtype
    return ("bits", f"{dtype.bits}"), ("is_signed", _bool(dtype.signed)), *types(layer.x, layer.y)


def _whole(layer: Layer) -> Array | None:
    """The weights, where they and the inputs have 16 bits, and sums and outputs 32."""
    weight = np.asarray(layer.dense.weight, np.int64)
    sums = Int(32).holds(*layer.dense.bounds(layer.x.dtype.min, layer.x.dtype.max))
    return weight if sums and _inside(32, layer.y.dtype) and _inside(16, layer.x.dtype) and _holds(16, weight) else None


def _alike(layer: Layer) -> bool:
    return bool((layer.shift == layer.shift[0]).all())


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _channels(layer: Layer) -> int | None:
    """Elements of a frame that a group of a row reads; None where a group is some of a window's taps."""
    count = layer.inputs // layer.window.kernel
    return count if layer.window.kernel == 1 or count == layer.x.shape[-1] else None


def _inside(bits: int, dtype: Int) -> bool:
    return Int(bits).holds(dtype.min, dtype.max)


def _holds(bits: int, values: Array) -> bool:
    return Int(bits).holds(int(values.min()), int(values.max()))


def _in_line_order(weight: Array, by_fours: bool, width: int) -> Array:
    """weight [outputs, inputs], as the line buffer has the inputs, and zeros up to `width`."""
    order = np.arange(weight.shape[1])
    if by_fours:
        order = order.reshape(-1, 4)[:, [0, 2, 1, 3]].ravel()
    return np.pad(weight[:, order], ((0, 0), (0, width - weight.shape[1])))
