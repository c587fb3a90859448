"""Ops with weights."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.ops import Attention, Dense, Gru, Lif, StateSpace
from edgesort.targets.verilog.cells.cell import Cell, Rom, literals, once, typed, words


def dense(op: Dense, x: Stream, y: Stream, budget: int) -> Cell:
    outputs, inputs = op.weight.shape
    lines = prod(x.shape[:-1])

    def cycles(parallel: int) -> int:
        return lines * int(op.groups * inputs + outputs // parallel * (inputs + parallel) - parallel + 1)

    parallel = lanes(outputs // op.groups, cycles, budget)
    bits = weight_bits(op.weight)
    return Cell(
        (
            *typed("X", x),
            ("WEIGHT_BITS", bits),
            ("Y_BITS", y.dtype.bits),
            ("INPUTS", inputs),
            ("OUTPUTS", outputs),
            ("GROUPS", op.groups),
            ("PARALLEL", parallel),
        ),
        cycles(parallel),
        roms(op.weight, bits, op.bias, y.dtype.bits, parallel),
    )


def state_space(op: StateSpace, x: Stream, y: Stream, budget: int) -> Cell:
    states, line = op.weight.shape

    def cycles(parallel: int) -> int:
        return int(line + states // parallel * (line + parallel) + 3)

    parallel = lanes(states, cycles, budget)
    bits, sum_bits = weight_bits(op.weight), op.sum_type(x.dtype).bits
    return Cell(
        (
            *typed("X", x),
            ("WEIGHT_BITS", bits),
            ("SUM_BITS", sum_bits),
            ("Y_BITS", y.dtype.bits),
            ("INPUTS", x.size),
            ("STATES", states),
            ("FRACTION", op.fraction),
            ("PARALLEL", parallel),
        ),
        cycles(parallel),
        roms(op.weight, bits, np.zeros(states, np.int64), sum_bits, parallel),
    )


def lif(op: Lif, x: Stream, y: Stream, budget: int) -> Cell:
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
        return Cell(parameters, max(channels, 2))
    bits = weight_bits(op.recurrent)
    weights = Rom("RECURRENT_FILE", bits, words(op.recurrent.reshape(-1, 1), bits))
    return Cell((*parameters, ("RECURRENT_BITS", bits)), channels * (channels + 3), (weights,))


def gru(op: Gru, x: Stream, y: Stream, budget: int) -> Cell:
    """One lane, or one for each of r, z and n if that does not keep up."""
    units, inputs = op.units, x.size

    def cycles(count: int) -> int:
        return inputs + units * (3 // count * (inputs + units + 1) + 1 + 2 * op.gate_bits + 4)

    count = lanes(3, cycles, budget)
    weight = np.concatenate([op.weight_x, op.weight_h], axis=1).reshape(3, units, -1)
    zero = np.zeros(units, np.int64)
    bias = np.stack([*op.bias.reshape(3, units), op.bias_n])
    if count == 3:
        bias = np.stack([*bias[:3], zero, zero, op.bias_n])
    bits, sum_bits = weight_bits(weight), op.accumulator(x).bits
    return Cell(
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
            ("LANES", count),
        ),
        cycles(count),
        (
            Rom("WEIGHT_FILE", bits * count, words(_in_use(weight, count), bits)),
            Rom("BIAS_FILE", sum_bits * count, words(bias.T.reshape(-1, count), sum_bits)),
        ),
    )


def _in_use(weight: Array, count: int) -> Array:
    """Weights [3, units, operands] as rows of lanes in the order of use: unit, pass, operand."""
    passes = weight.transpose(1, 0, 2).reshape(weight.shape[1], 3 // count, count, -1)
    return passes.transpose(0, 1, 3, 2).reshape(-1, count)


def attention(op: Attention, q: Stream, k: Stream, v: Stream, y: Stream, budget: int) -> Cell:
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


def lanes(outputs: int, cycles: Callable[[int], int], budget: int) -> int:
    """As few lanes as keep up: each is one multiplier."""
    choices = [p for p in range(1, outputs + 1) if outputs % p == 0]
    return next((p for p in choices if cycles(p) <= budget), min(choices, key=cycles))


def weight_bits(weight: Array) -> int:
    return Int.holding(min(int(weight.min()), -1), int(weight.max())).bits


def roms(weight: Array, bits: int, bias: Array, bias_bits: int, parallel: int) -> tuple[Rom, Rom]:
    """es_dense's memories: a word per (block of outputs, input), and one per block; lane 0 lowest."""
    blocks = weight.reshape(-1, parallel, weight.shape[1]).transpose(0, 2, 1).reshape(-1, parallel)
    return (
        Rom("WEIGHT_FILE", bits * parallel, words(blocks, bits)),
        Rom("BIAS_FILE", bias_bits * parallel, words(bias.reshape(-1, parallel), bias_bits)),
    )
