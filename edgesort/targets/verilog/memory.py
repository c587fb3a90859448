"""What each memory of a design is made of: block RAM, registers and logic, or a large RAM with a single port.

Area is counted in logic cells of the iCE40, a LUT4 and a register each. In block RAM a memory takes none, in a large
RAM one a bit of a word and of an address, for the word that waits and the address that both ports share. Yosys 0.70
makes of registers, for words of 4 to 16 bits: 2 words 1.6 cells a bit, 4 to 8 words 1.9, 16 words 2.0; of constants in
logic, random ones: up to 16 words one cell a bit of a word, beyond that 0.11 to 0.15 a bit.
A block RAM is worth 20 cells while there are enough, so that a handful of words does not take one: the U-Net and many
channels need each of them. Of all choices that fit the device's RAMs, the one of the least sum is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edgesort.targets.verilog.cells.memories import Memory

ANY, BLOCK, REGISTERS, SINGLE = range(4)  # STYLE of hw/cells/es_ram.v
NAMES = ("", "block RAM", "logic", "large RAM")
BLOCK_SHAPES = ((256, 16), (512, 8), (1024, 4), (2048, 2))  # words and bits of an SB_RAM40
LARGE_WORDS, LARGE_BITS = 16384, 16  # of an SB_SPRAM256KA
BLOCK_PRICE, LARGE_PRICE = 20, 40  # cells
MOST_CELLS = 640  # of a memory in registers
Where = tuple[str, str]  # a node, and which of its memories


@dataclass(frozen=True)
class Stock:
    """What a device has of each for a model."""

    blocks: int
    large: int


@dataclass(frozen=True)
class Choice:
    """What a memory is made of, and what that takes."""

    style: int
    blocks: int = 0
    large: int = 0
    cells: int = 0

    @property
    def cost(self) -> int:
        return self.cells + BLOCK_PRICE * self.blocks + LARGE_PRICE * self.large

    def __str__(self) -> str:
        count = self.blocks or self.large
        return f"{NAMES[self.style]} {count}" if count else NAMES[self.style]


def choices(memory: Memory) -> Iterator[Choice]:
    """What it can be made of."""
    yield Choice(BLOCK, blocks=blocks(memory))
    if cells(memory) <= MOST_CELLS:
        yield Choice(REGISTERS, cells=cells(memory))
    if memory.single and not memory.rom and memory.words <= LARGE_WORDS:
        address = (memory.words - 1).bit_length()
        yield Choice(SINGLE, large=-(-memory.bits // LARGE_BITS), cells=memory.bits + address)


def blocks(memory: Memory) -> int:
    """Block RAMs, in the shape that takes the fewest."""
    return min(-(-memory.words // words) * -(-memory.bits // bits) for words, bits in BLOCK_SHAPES)


def cells(memory: Memory) -> int:
    """Logic cells without any RAM."""
    size = memory.words * memory.bits
    if memory.rom:
        return memory.bits if memory.words <= 16 else -(-15 * size // 100)
    return -(-15 * size // 8)


def chosen(memories: Mapping[Where, Memory], stock: Stock | None) -> dict[Where, Choice]:
    """What each memory is made of. Without a stock, as the tool likes; where they do not fit, all are block RAMs.

    A table over what is taken of the stock: for each memory in turn, the cheapest way to have taken so much.
    """
    if stock is None:
        return dict.fromkeys(memories, Choice(ANY))
    best: dict[tuple[int, int], tuple[int, tuple[Choice, ...]]] = {(0, 0): (0, ())}
    for memory in memories.values():
        after: dict[tuple[int, int], tuple[int, tuple[Choice, ...]]] = {}
        for (taken, large), (cost, made) in best.items():
            for one in choices(memory):
                at = taken + one.blocks, large + one.large
                if at[0] > stock.blocks or at[1] > stock.large:
                    continue
                if at not in after or cost + one.cost < after[at][0]:
                    after[at] = cost + one.cost, (*made, one)
        best = after
    if not best:
        return {where: next(choices(memory)) for where, memory in memories.items()}
    _, made = min(best.values(), key=lambda found: found[0])
    return dict(zip(memories, made, strict=True))
