"""What a firmware takes of its part's memories, read from the linker's work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgesort.targets.c.build import sections, symbol_bytes
from edgesort.targets.target import BuildError

KERNEL = re.compile(r"^obj/es_\w+\.o$")
LIBRARY = re.compile(r"\.a\((?!.*(strlen|strcmp))")  # C's and gcc's; two functions of it serve the harness alone
PIECE = re.compile(r"^ (\.\S+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A section that the linker took from an object: its name, its bytes, the object."""

    section: str
    size: int
    file: str

    def is_(self, *kinds: str) -> bool:
        return self.section.startswith(kinds)


def sizes_of(out: Path, prefix: str) -> dict[str, int]:
    """flash_bytes: instructions, constants and initial data, those of the program around the model included.
    ram_bytes: data, one instance, and stack_reserved_bytes for the stack; not a harness's blocks of trace.
    state_bytes: one instance. overhead_flash_bytes, overhead_ram_bytes: what the model takes beside the graph's
    constants, one instance and the stack: instructions of model.c, kernels, and of memcpy, memset and the like.
    prefix: of the compiler's tools.
    """
    elf = out / "model.elf"
    sizes = sections(elf, prefix)
    linked = list(_linked(out / "model.map"))
    model = [piece for piece in linked if piece.file == "obj/model.o"]
    others = [piece for piece in linked if KERNEL.search(piece.file) or LIBRARY.search(piece.file)]
    code = [p for p in model if p.is_(".text")] + [p for p in others if p.is_(".text", ".rodata", ".srodata")]
    data = [p for p in (*model, *others) if p.is_(".data", ".sdata", ".bss", ".sbss")]
    return {
        "flash_bytes": sizes[".text"] + sizes[".data"],
        "ram_bytes": sizes[".stack"] + sizes[".data"] + sizes[".bss"],
        "stack_reserved_bytes": sizes[".stack"],
        "state_bytes": symbol_bytes(elf, "state", prefix),
        "overhead_flash_bytes": sum(piece.size for piece in code),
        "overhead_ram_bytes": sum(piece.size for piece in data),
    }


def _linked(file: Path) -> Iterator[Piece]:
    """What the linker kept, from its map."""
    _, found, text = file.read_text().partition("Linker script and memory map")
    if not found:
        raise BuildError(f"{file.name}: expected a map of GNU ld, found none; build again")
    for section, size, source in PIECE.findall(text):
        yield Piece(section, int(size, 16), source)
