"""Layers for cores without SIMD (RV32IMC, Cortex-M3): more than one output in a multiplication."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.line import Fields, line_fields, line_state, lined, nest, step
from edgesort.targets.c.wires.wire import Wire, types

SUMS = 4  # of a block of outputs
FEWEST = 3  # outputs, below which es_dense is faster


@dataclass(frozen=True)
class Chain:
    """`sums` sums of words 2^base * a + b, one after the other, that hold an output more."""

    sums: int
    base: int

    @property
    def bits(self) -> int:
        """The most that an output may have."""
        return min(self.sums * self.base, 32 - self.base)

    @property
    def outputs(self) -> int:
        """Of a block."""
        return SUMS // self.sums * (self.sums + 1)


CHAINS = Chain(1, 16), Chain(2, 11), Chain(4, 8)  # the fastest first

Tables = tuple[tuple[str, str, Array], ...]


def linear_swar(layer: Layer) -> Wire | None:
    """Dense and Requant of the frame as it is."""
    chain = None if lined(layer) else _chain(layer)
    return None if chain is None else Wire(_tables(layer, chain), _fields(layer, chain))


def conv_swar(layer: Layer) -> Wire | None:
    """The same of a window."""
    chain = _chain(layer) if lined(layer) else None
    if chain is None:
        return None
    line = line_fields(layer, prod(layer.x.shape[:-1]))
    fields = (("line", nest(line)), ("linear", nest(_fields(layer, chain))))
    return Wire(_tables(layer, chain), fields, line_state(layer), uses=("line", "linear_swar"))


def depthwise(layer: Layer) -> Wire | None:
    """Channels each by itself, in a window."""
    weight = np.asarray(layer.dense.weight, np.int64)
    alone = (layer.outputs, layer.inputs, layer.x.shape[-1]) == (1, layer.window.kernel, 1)
    if not lined(layer) or not alone or not _fits(layer) or not (abs(2 * weight + 1) < 1 << 8).all():
        return None
    fields = (
        ("line", nest(line_fields(layer, 1))),
        ("channels", f"{layer.x.size}"),
        ("low", f"{layer.y.dtype.min}"),
        ("high", f"{layer.y.dtype.max}"),
        *types(layer.x, layer.y),
        *((name, f"{{id}}_{name}") for name in ("weight", "bias", "shift")),
    )
    tables = (
        ("weight", "int8_t", _channels(layer, weight).swapaxes(1, 2).ravel()),
        ("bias", "int32_t", _channels(layer, np.asarray(layer.dense.bias)).ravel()),
        ("shift", "uint8_t", _channels(layer, np.minimum(layer.shift, 31)).ravel()),
    )
    return Wire(tables, fields, line_state(layer, spare=3), uses=("line",))


def _channels(layer: Layer, values: Array) -> Array:
    """[groups, ...] as [fours, 4, ...], in each row of the layer the same, with zeros after the last channel."""
    rows = np.concatenate([values] * layer.rows)
    filled = np.pad(rows, ((0, -len(rows) % 4), *((0, 0),) * (values.ndim - 1)))
    return filled.reshape(-1, 4, *values.shape[1:])


def _fits(layer: Layer) -> bool:
    """True if inputs have 16 bits signed, accumulators and outputs 32."""
    x, y, bounds = layer.x.dtype, layer.y.dtype, layer.dense.bounds(layer.x.dtype.min, layer.x.dtype.max)
    return Int(16).holds(x.min, x.max) and Int(32).holds(y.min, y.max) and Int(32).holds(*bounds)


def _chain(layer: Layer) -> Chain | None:
    """The first that holds the layer's outputs; None for a layer that the kernel does not take."""
    if layer.outputs < FEWEST or step(layer) is None or not _fits(layer):
        return None
    low, high = layer.dense.bounds(layer.x.dtype.min, layer.x.dtype.max)
    return next((chain for chain in CHAINS if Int(chain.bits).holds(low, high)), None)


def _fields(layer: Layer, chain: Chain) -> Fields:
    return (
        ("units", f"{layer.rows * layer.groups}"),
        ("groups", f"{layer.groups}"),
        ("outputs", f"{layer.outputs}"),
        ("inputs", f"{layer.inputs}"),
        ("step", f"{step(layer)}"),
        ("chain", f"{chain.sums}"),
        ("low", f"{layer.y.dtype.min}"),
        ("high", f"{layer.y.dtype.max}"),
        *types(layer.x, layer.y),
        ("word", "{id}_word[0]"),
        ("shift", "{id}_shift"),
    )


def _tables(layer: Layer, chain: Chain) -> Tables:
    """The constants in the order of use."""
    columns = np.concatenate([np.asarray(layer.dense.bias)[:, None], layer.dense.weight], axis=1, dtype=np.int64)
    grouped = columns.reshape(layer.groups, layer.outputs, -1)
    filled = np.pad(grouped, ((0, 0), (0, -layer.outputs % chain.outputs), (0, 0)))
    chains = filled.reshape(-1, chain.sums + 1, columns.shape[1])
    words = (chains[:, :-1] << chain.base) + chains[:, 1:]
    blocks = words.reshape(-1, SUMS, columns.shape[1]).swapaxes(1, 2)
    return (
        ("word", "uint32_t", (blocks & 0xFFFFFFFF).reshape(-1, SUMS * columns.shape[1])),
        ("shift", "uint8_t", np.minimum(layer.shift, 31)),
    )
