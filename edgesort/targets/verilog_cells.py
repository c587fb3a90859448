"""What a Verilog cell is given: the parameters and the ROMs of hw/cells/es_<kind>.v, and its cycles a frame.

A wrong width here is a wrong network: tests/targets/test_verilog.py compares every cell with its op's `step`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Op, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.targets.target import BuildError


@dataclass(frozen=True)
class Rom:
    """Words of `bits` bits, lowest address first; `parameter` takes the name of the file."""

    parameter: str
    bits: int
    words: tuple[int, ...]

    def text(self) -> str:
        """The file for $readmemh: one hexadecimal word a line."""
        digits = -(-self.bits // 4)
        return "".join(f"{word:0{digits}x}\n" for word in self.words)


@dataclass(frozen=True)
class Cell:
    """One instance: parameters in the order of the module's header, and the cycles that a frame takes."""

    parameters: tuple[tuple[str, int | str], ...]
    cycles: int
    roms: tuple[Rom, ...] = ()


def cell(op: Op, x: Stream, y: Stream, budget: int) -> Cell:
    """The cell for an op that takes stream x and gives y, with `budget` cycles for each frame of x.

    BuildError if there is no cell for it, or if it cannot keep up.
    """
    if type(op) not in CELLS:
        raise BuildError(f"expected an op with a Verilog cell, found {op.kind}")
    made = CELLS[type(op)](op, x, y, budget)
    if made.cycles > budget:
        raise BuildError(f"expected {budget} clock cycles a frame at most, found that it needs {made.cycles}")
    return made


def _biquad(op: Biquad, x: Stream, y: Stream, budget: int) -> Cell:
    sections = len(op.sections)
    coefficients = [c for section in op.sections for c in section]
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("Y_BITS", y.dtype.bits),
            ("GUARD", op.guard),
            ("FRACTION", op.fraction),
            ("SECTIONS", sections),
            ("ELEMENTS", x.size),
            ("COEFFICIENTS", _literals(coefficients, 16)),
        ),
        x.size * (87 * sections + 2),
    )


def _requant(op: Requant, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("X_SIGNED", int(x.dtype.signed)),
            ("Y_BITS", y.dtype.bits),
            ("Y_SIGNED", int(y.dtype.signed)),
            ("COUNT", len(op.shift)),
            ("SHIFTS", _literals(op.shift[::-1], 6)),
        ),
        x.size,
    )


def _window(op: Window, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (
            ("BITS", x.dtype.bits),
            ("LINES", prod(x.shape[:-1])),
            ("CHANNELS", x.shape[-1]),
            ("KERNEL", op.kernel),
            ("DILATION", op.dilation),
            ("STRIDE", op.stride),
        ),
        x.size + -(-y.size // op.stride),
    )


def _dense(op: Dense, x: Stream, y: Stream, budget: int) -> Cell:
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
            Rom("WEIGHT_FILE", bits * parallel, _words(lanes, bits)),
            Rom("BIAS_FILE", y.dtype.bits * parallel, _words(op.bias.reshape(-1, parallel), y.dtype.bits)),
        ),
    )


def _peak(op: Peak, x: Stream, y: Stream, budget: int) -> Cell:
    return Cell(
        (
            ("X_BITS", x.dtype.bits),
            ("X_SIGNED", int(x.dtype.signed)),
            ("Y_BITS", y.dtype.bits),
            ("CHANNELS", x.size),
            ("REACH", op.reach),
            ("REFRACTORY", op.refractory),
            ("THRESHOLDS", _literals(op.threshold[::-1], x.dtype.bits)),
        ),
        x.size * (2 * op.reach + 4),
    )


CELLS: dict[type[Op], Callable[..., Cell]] = {
    Biquad: _biquad,
    Requant: _requant,
    Window: _window,
    Dense: _dense,
    Peak: _peak,
}


def _literals(values: tuple[int, ...] | list[int], bits: int) -> str:
    """A Verilog concatenation, the first value leftmost: {8'd20, -8'd3}."""
    if len(values) == 1 and values[0] >= 0:
        return f"{bits}'d{values[0]}"
    return "{" + ", ".join(f"{'-' if v < 0 else ''}{bits}'d{abs(int(v))}" for v in values) + "}"


def _words(lanes: Array, bits: int) -> tuple[int, ...]:
    """Rows of integers as words, `bits` each in two's complement, the first lowest."""
    mask = (1 << bits) - 1
    return tuple(sum((int(v) & mask) << (bits * k) for k, v in enumerate(row)) for row in np.asarray(lanes))
