"""A cell's instance, and the words that the cells share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Stream


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
    """One instance: parameters in the order of the module's header, and the cycles that a frame takes.

    latency: cycles from the last element of a line in to the last one out, at most; None if it is that of its grain
    (none for elements, all cycles for more). Where an op can be folded in several ways, engine: this one's name; lanes:
    how many products it makes at a time.
    """

    parameters: tuple[tuple[str, int | str], ...]
    cycles: int
    roms: tuple[Rom, ...] = ()
    latency: int | None = None
    engine: str = ""
    lanes: int = 0


def typed(port: str, stream: Stream) -> tuple[tuple[str, int], ...]:
    """The type of a port, for a cell that must know its sign."""
    return (f"{port}_BITS", stream.dtype.bits), (f"{port}_SIGNED", int(stream.dtype.signed))


def literals(values: tuple[int, ...] | list[int], bits: int) -> str:
    """A Verilog concatenation, the first value leftmost: {8'd20, -8'd3}."""
    if len(values) == 1 and values[0] >= 0:
        return f"{bits}'d{values[0]}"
    return "{" + ", ".join(f"{'-' if v < 0 else ''}{bits}'d{abs(int(v))}" for v in values) + "}"


def once(values: tuple[int, ...]) -> tuple[int, ...]:
    """The shortest part that gives all values when it is repeated: the constants of one of several equal rows."""
    lengths = (n for n in range(1, len(values)) if len(values) % n == 0)
    return next((values[:n] for n in lengths if values[:n] * (len(values) // n) == values), values)


def words(lanes: Array, bits: int) -> tuple[int, ...]:
    """Rows of integers as words, `bits` each in two's complement, the first lowest."""
    mask = (1 << bits) - 1
    return tuple(sum((int(v) & mask) << (bits * k) for k, v in enumerate(row)) for row in np.asarray(lanes))
