"""Ops with weights."""

from __future__ import annotations

from math import prod

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Dense
from edgesort.targets.verilog.cells.cell import Cell, Rom, words


def dense(op: Dense, x: Stream, y: Stream, budget: int) -> Cell:
    """As few lanes as keep up: each is one multiplier."""
    outputs, inputs = op.weight.shape
    lines = prod(x.shape[:-1])

    def cycles(parallel: int) -> int:
        return lines * int(op.groups * inputs + outputs // parallel * (inputs + parallel) - parallel + 1)

    group = outputs // op.groups
    choices = [p for p in range(1, group + 1) if group % p == 0]
    parallel = next((p for p in choices if cycles(p) <= budget), min(choices, key=cycles))
    bits = Int.holding(min(int(op.weight.min()), -1), int(op.weight.max())).bits
    lanes = op.weight.reshape(-1, parallel, inputs).transpose(0, 2, 1).reshape(-1, parallel)
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("X_SIGNED", int(x.dtype.signed)),
            ("WEIGHT_BITS", bits),
            ("Y_BITS", y.dtype.bits),
            ("INPUTS", inputs),
            ("OUTPUTS", outputs),
            ("GROUPS", op.groups),
            ("PARALLEL", parallel),
        ),
        cycles(parallel),
        (
            Rom("WEIGHT_FILE", bits * parallel, words(lanes, bits)),
            Rom("BIAS_FILE", y.dtype.bits * parallel, words(op.bias.reshape(-1, parallel), y.dtype.bits)),
        ),
    )
