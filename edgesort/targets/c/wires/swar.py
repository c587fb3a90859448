"""Layers for cores without SIMD (RV32IMC, Cortex-M3): two outputs in one multiplication."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.line import Fields, fits_32, line_fields, line_state, lined, nest, step
from edgesort.targets.c.wires.wire import Wire, size, types

SPAN = (1 << 16) - 1  # between the least and the greatest sum of a run, so that an offset makes it fit 16 bits
# Instructions of a Cortex-M3: of a quad, of a run besides, and of one input of four outputs or of one in es_dense.
QUAD, RUN, FOUR, ONE = 24, 13, 10, 5

Tables = tuple[tuple[str, str, Array], ...]


@dataclass(frozen=True)
class Run:
    """Inputs first, first + 1, ... of four outputs. weight: [4, 4 * quads], 0 where another run has the product."""

    first: int
    weight: Array

    @property
    def quads(self) -> int:
        return self.weight.shape[1] // 4


def linear_swar(layer: Layer) -> Wire | None:
    """Dense and Requant of the frame as it is."""
    tables = None if lined(layer) else _tables(layer)
    return None if tables is None else Wire(tables, _fields(layer))


def conv_swar(layer: Layer) -> Wire | None:
    """The same of a window."""
    tables = _tables(layer) if lined(layer) else None
    if tables is None:
        return None
    fields = (("line", nest(line_fields(layer, prod(layer.x.shape[:-1])))), ("linear", nest(_fields(layer))))
    return Wire(tables, fields, line_state(layer), uses=("line", "linear_swar"))


def _fields(layer: Layer) -> Fields:
    return (
        ("units", f"{layer.rows * layer.groups}"),
        ("groups", f"{layer.groups}"),
        ("outputs", f"{layer.outputs}"),
        ("step", f"{step(layer)}"),
        ("low", f"{layer.y.dtype.min}"),
        ("high", f"{layer.y.dtype.max}"),
        *types(layer.x, layer.y),
        ("run", "{id}_run"),
        ("start", "{id}_start"),
        ("shift", "{id}_shift"),
    )


def _tables(layer: Layer) -> Tables | None:
    """The constants in the order of use; None for a layer that the kernel does not take, or for which it is slow."""
    x = layer.x.dtype
    if size(x) > 1 or not 4 <= layer.inputs < 1 << 16 or step(layer) is None or not fits_32(layer):
        return None
    fours = [_runs(four, x) for four in _fours(layer, np.asarray(layer.dense.weight, np.int64))]
    if any(_span(run.weight, x) > SPAN for runs in fours for run in runs) or not _pays(layer, fours):
        return None
    bias = _fours(layer, np.asarray(layer.dense.bias, np.int64))
    words = [word for runs in fours for word in (*(_words(run, x) for run in runs), np.zeros(1, np.int64))]
    return (
        ("run", "uint32_t", _modular(np.concatenate(words))),
        ("start", "uint32_t", _modular(np.array([_start(*four, x) for four in zip(bias, fours, strict=True)]).ravel())),
        ("shift", "uint8_t", np.minimum(_fours(layer, layer.shift), 31).ravel()),
    )


def _fours(layer: Layer, values: Array) -> Array:
    """[groups * outputs, ...] as [groups * fours, 4, ...], with zeros for the outputs that a group's last four lacks."""
    grouped = values.reshape(layer.groups, layer.outputs, *values.shape[1:])
    filled = np.pad(grouped, ((0, 0), (0, -layer.outputs % 4), *((0, 0),) * (values.ndim - 1)))
    return filled.reshape(-1, 4, *values.shape[1:])


def _runs(weight: Array, x: Int) -> list[Run]:
    """Every product of weight [4, inputs] in one run. A run is longer than a quad where its sums stay within SPAN."""
    runs: list[Run] = []
    for quad in _quads(weight, x):
        last = runs[-1] if runs else Run(-1, weight[:, :0])
        joined = np.concatenate([last.weight, quad.weight], axis=1)
        if quad.first == last.first + 4 * last.quads and _span(joined, x) <= SPAN:
            runs[-1] = Run(last.first, joined)
        else:
            runs.append(quad)
    return runs


def _quads(weight: Array, x: Int) -> list[Run]:
    """Runs of four inputs, without those whose weights are all 0. One whose sums leave SPAN is taken in parts."""
    inputs = weight.shape[1]
    quads: list[Run] = []
    for start in range(0, inputs, 4):
        first = min(start, inputs - 4)
        rest = np.where(np.arange(first, first + 4) >= start, weight[:, first : first + 4], 0)
        while rest.any():
            part = _part(rest, x)
            quads.append(Run(first, part))
            rest = rest - part
    return quads


def _part(weight: Array, x: Int) -> Array:
    """As many of a quad's inputs as stay within SPAN, one at least; zeros for the others."""
    taken = np.zeros_like(weight)
    for i in range(4):
        more = taken.copy()
        more[:, i] = weight[:, i]
        if not taken.any() or _span(more, x) <= SPAN:
            taken = more
    return taken


def _ends(weight: Array, x: Int) -> tuple[Array, Array]:
    """The least and the greatest sum of each output."""
    low, high = weight * x.min, weight * x.max
    return np.minimum(low, high).sum(1), np.maximum(low, high).sum(1)


def _span(weight: Array, x: Int) -> int:
    least, greatest = _ends(weight, x)
    return int((greatest - least).max())


def _offsets(run: Run, x: Int) -> Array:
    """[4] What brings the sums of the lower halves, outputs 0 and 2, to 0 and more, and the upper ones to -2^15."""
    least, _ = _ends(run.weight, x)
    return np.array([0, -(1 << 15)] * 2) - least


def _words(run: Run, x: Int) -> Array:
    """A run's head, then its offsets and its weights, two outputs a word."""
    columns = np.concatenate([_offsets(run, x)[:, None], run.weight], axis=1).T
    return np.append(run.first + (run.quads << 16), (columns[:, 1::2] << 16) + columns[:, ::2])


def _start(bias: Array, runs: list[Run], x: Int) -> Array:
    """The sums before the first run: for each pair that of both outputs in one word, and that of the upper one."""
    left = bias - sum((_offsets(run, x) for run in runs), np.zeros(4, np.int64))
    return np.stack([(left[1::2] << 16) + left[::2], left[1::2]], axis=1).ravel()


def _modular(values: Array) -> Array:
    return values & 0xFFFFFFFF


def _pays(layer: Layer, fours: list[list[Run]]) -> bool:
    """True if it takes fewer instructions than es_dense."""
    runs = [run for four in fours for run in four]
    quads = sum(run.quads for run in runs)
    plain = layer.groups * layer.inputs * (FOUR * (layer.outputs // 4) + ONE * (layer.outputs % 4))
    return QUAD * quads + RUN * len(runs) < plain
