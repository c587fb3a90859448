"""Ops with weights. Where an op can be folded in several ways, the cell of each; fold.py chooses."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.ops import Attention, Dense, Gru, Lif, StateSpace
from edgesort.targets.verilog.cells.cell import Cell, Rom, literals, once, typed, words

ENGINES = ("mac", "pair", "digit")  # what ENGINE of es_lanes means
SHARED = "shared"  # es_dense_shared


def dense(op: Dense, x: Stream, y: Stream) -> Iterator[Cell]:
    """Every engine that takes these types, with every count of lanes that saves a block, and one or two halves."""
    bits = weight_bits(op.weight)
    planes = digits(op.weight)
    if max(operand_bits(x), bits) <= 16 and y.dtype.bits <= 32:
        yield _shared(op, x, y, bits)
    for lanes in lane_counts(len(op.weight) // op.groups):
        yield from _halves(op, x, y, lanes, "mac", bits, op.weight[None])
        if max(x.dtype.bits, bits) <= 8 and lanes > 1:
            yield from _halves(op, x, y, lanes, "pair", bits, op.weight[None])
        yield from _halves(op, x, y, lanes, "digit", 2, planes)


def operand_bits(x: Stream) -> int:
    """Of a signed factor."""
    return x.dtype.bits + (not x.dtype.signed)


def _shared(op: Dense, x: Stream, y: Stream, bits: int) -> Cell:
    """Its products are made by an engine that other layers use too; fold.py adds the engine's own widths."""
    outputs, inputs = op.weight.shape
    computing = outputs * (inputs + 2)
    return Cell(
        (
            *typed("X", x),
            ("WEIGHT_BITS", bits),
            ("Y_BITS", y.dtype.bits),
            ("INPUTS", inputs),
            ("OUTPUTS", outputs),
            ("GROUPS", op.groups),
            ("BIASED", int(op.bias.any())),
        ),
        prod(x.shape[:-1]) * (max(2, op.groups * inputs) + computing - 2),
        _constants(op, y, bits, 1, op.weight[None]),
        latency=computing + 1,
        engine=SHARED,
        lanes=1,
    )


def _constants(op: Dense, y: Stream, bits: int, lanes: int, planes: Array) -> tuple[Rom, ...]:
    """The ROM of the weights, and that of the biases if there are any."""
    group = ceil(len(op.weight) // op.groups / lanes)
    weights = Rom("WEIGHT_FILE", bits * lanes, words(in_use(planes, op.groups, group, lanes), bits))
    biases = Rom("BIAS_FILE", y.dtype.bits, words(op.bias[:, None], y.dtype.bits))
    return (weights, biases) if op.bias.any() else (weights,)


def _halves(op: Dense, x: Stream, y: Stream, lanes: int, engine: str, bits: int, planes: Array) -> Iterator[Cell]:
    """planes: [planes, O, I], what the lanes multiply with in each go over a line."""
    outputs, inputs = op.weight.shape
    steps, lines = len(planes) * inputs, prod(x.shape[:-1])
    if lanes > steps + 1:
        return
    group, line = ceil(outputs // op.groups / lanes), op.groups * inputs
    computing = op.groups * group * (steps + 1)
    roms = _constants(op, y, bits, lanes, planes)
    for halves in (1, 2):
        yield Cell(
            (
                *typed("X", x),
                ("WEIGHT_BITS", bits),
                ("Y_BITS", y.dtype.bits),
                ("INPUTS", inputs),
                ("OUTPUTS", outputs),
                ("GROUPS", op.groups),
                ("PARALLEL", lanes),
                ("ENGINE", ENGINES.index(engine)),
                ("PLANES", len(planes)),
                ("HALVES", halves),
                ("BIASED", int(len(roms) > 1)),
            ),
            lines * (line + computing - 1 if halves == 1 else max(line, computing)),
            roms,
            latency=computing + lanes + 2,
            engine=engine,
            lanes=lanes,
        )


def in_use(planes: Array, groups: int, group: int, lanes: int) -> Array:
    """Weights [planes, O, I] as rows of lanes in the order of use: group, block, plane, input. Absent lanes are 0."""
    count, outputs, inputs = planes.shape
    absent = ((0, 0), (0, 0), (0, group * lanes - outputs // groups), (0, 0))
    whole = np.pad(planes.reshape(count, groups, -1, inputs), absent)
    return whole.reshape(count, groups, group, lanes, inputs).transpose(1, 2, 0, 4, 3).reshape(-1, lanes)


def digits(weight: Array) -> Array:
    """Weights [O, I] as [planes, O, I] of the digits -1, 0, 1 and 2 to the base 4, the highest first."""
    planes: list[Array] = []
    left = np.asarray(weight, np.int64)
    while not planes or left.any():
        digit = (left + 1) % 4 - 1
        planes.append(digit)
        left = (left - digit) // 4
    return np.stack(planes[::-1])


def lane_counts(outputs: int) -> list[int]:
    """The fewest lanes for each number of blocks."""
    return sorted({ceil(outputs / blocks) for blocks in range(1, outputs + 1)})


def state_space(op: StateSpace, x: Stream, y: Stream) -> Iterator[Cell]:
    states, line = op.weight.shape
    bits, sum_bits = weight_bits(op.weight), op.sum_type(x.dtype).bits
    for lanes in lane_counts(states):
        if lanes > line + 1:
            return
        group = ceil(states / lanes)
        computing = group * (line + 1) + lanes + (1 if lanes == 1 else 2)
        yield Cell(
            (
                *typed("X", x),
                ("WEIGHT_BITS", bits),
                ("SUM_BITS", sum_bits),
                ("Y_BITS", y.dtype.bits),
                ("INPUTS", x.size),
                ("STATES", states),
                ("FRACTION", op.fraction),
                ("PARALLEL", lanes),
            ),
            line + computing,
            (Rom("WEIGHT_FILE", bits * lanes, words(in_use(op.weight[None], 1, group, lanes), bits)),),
            latency=computing,
            engine="mac",
            lanes=lanes,
        )


def lif(op: Lif, x: Stream, y: Stream) -> Cell:
    drive, channels = op.drive(x), x.size
    parameters: tuple[tuple[str, int | str], ...] = (
        *typed("X", x),
        ("DRIVE_BITS", drive.bits + (not drive.signed)),
        ("U_BITS", op.bits),
        ("CHANNELS", channels),
        ("LEAK_COUNT", len(once(op.leak))),
        ("LEAKS", literals(once(op.leak)[::-1], 4)),
        ("THRESHOLD_COUNT", len(once(op.threshold))),
        ("THRESHOLDS", literals(once(op.threshold)[::-1], op.bits)),
        ("REFRACTORY", op.refractory),
    )
    if not op.recurrent.size:
        return Cell(parameters, max(channels, 2), latency=2)
    bits = weight_bits(op.recurrent)
    weights = Rom("RECURRENT_FILE", bits, words(op.recurrent.reshape(-1, 1), bits))
    cycles = channels * (channels + 3)
    return Cell((*parameters, ("RECURRENT_BITS", bits)), cycles, (weights,), latency=cycles)


def gru(op: Gru, x: Stream, y: Stream) -> Iterator[Cell]:
    """One lane, or one for each of r, z and n."""
    units, inputs = op.units, x.size
    weight = np.concatenate([op.weight_x, op.weight_h], axis=1).reshape(3, units, -1)
    zero, biases = np.zeros(units, np.int64), op.bias.reshape(3, units)
    bits, sum_bits = weight_bits(weight), op.accumulator(x).bits
    for lanes, bias in ((1, [*biases, op.bias_n]), (3, [*biases, zero, zero, op.bias_n])):
        unit = 3 // lanes * (inputs + units + 1) + 1 + 2 * op.gate_bits + 4
        yield Cell(
            (
                *typed("X", x),
                ("H_BITS", op.bits),
                ("GATE_BITS", op.gate_bits),
                ("SUM_BITS", sum_bits),
                ("WEIGHT_BITS", bits),
                ("SHIFT", op.shift),
                ("SHIFT_N", op.shift_n),
                ("INPUTS", inputs),
                ("UNITS", units),
                ("LANES", lanes),
            ),
            inputs + units * unit,
            (
                Rom("WEIGHT_FILE", bits * lanes, words(_by_unit(weight, lanes), bits)),
                Rom("BIAS_FILE", sum_bits * lanes, words(np.stack(bias).T.reshape(-1, lanes), sum_bits)),
            ),
            latency=units * unit,
            engine="mac",
            lanes=lanes,
        )


def _by_unit(weight: Array, count: int) -> Array:
    """Weights [3, units, operands] as rows of lanes in the order of use: unit, pass, operand."""
    passes = weight.transpose(1, 0, 2).reshape(weight.shape[1], 3 // count, count, -1)
    return passes.transpose(0, 1, 3, 2).reshape(-1, count)


def attention(op: Attention, q: Stream, k: Stream, v: Stream, y: Stream) -> Cell:
    score, line = op.score(q, k), 2 * q.size + v.size
    return Cell(
        (
            *(pair for port, stream in (("X0", q), ("X1", k), ("X2", v)) for pair in typed(port, stream)),
            ("SCORE_BITS", score.bits + (not score.signed)),
            ("Y_BITS", y.dtype.bits),
            ("INPUTS", q.size),
            ("OUTPUTS", v.size),
            ("WINDOW", op.window),
        ),
        line + op.window * (q.size + 1) + v.size * (op.window + 3) + 2,
    )


def weight_bits(weight: Array) -> int:
    return Int.holding(min(int(weight.min()), -1), int(weight.max())).bits
