"""The instructions of a linked program, as objdump prints them."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edgesort.targets.target import BuildError

LABEL = re.compile(r"^[0-9a-f]+ <(\S+)>:$")
# Constants between instructions have neither a mnemonic nor this word.
LINE = re.compile(r"^\s*([0-9a-f]+):\t[0-9a-f ]+\t(?:([a-z]\S*)(?:\t([^@;]*))?|.*<UNDEFINED>)")
UNKNOWN = "unknown"  # to this objdump: binutils 2.40 lacks the conditional selects of Armv8.1-M


@dataclass(frozen=True)
class Instruction:
    """function: the symbol that it belongs to. target: of a branch or a call to an address, else None."""

    address: int
    function: str
    mnemonic: str
    operands: str
    target: int | None

    @property
    def stem(self) -> str:
        """The mnemonic without its width: b.n and b.w are b."""
        return self.mnemonic.split(".")[0]


def disassemble(elf: Path, prefix: str) -> tuple[Instruction, ...]:
    """Every instruction of an ELF file in order of addresses, constants between them left out.

    prefix: of the tools, for instance arm-none-eabi-.
    """
    command = [f"{prefix}objdump", "-d", str(elf)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    function, made = "", []
    for line in text.splitlines():
        if label := LABEL.match(line):
            function = label[1]
        elif found := LINE.match(line):
            operands = (found[3] or "").strip()
            made.append(Instruction(int(found[1], 16), function, found[2] or UNKNOWN, operands, _target(operands)))
    return tuple(sorted(made, key=lambda instruction: instruction.address))


def _target(operands: str) -> int | None:
    found = re.search(r"(?:^|,\s*)([0-9a-f]+) <[^>]+>$", operands)
    return int(found[1], 16) if found else None


def address_of(elf: Path, name: str, prefix: str) -> int:
    """The address of a function; BuildError if the program has none of this name."""
    text = subprocess.run([f"{prefix}nm", elf], capture_output=True, text=True, check=True).stdout
    found = re.search(rf"^([0-9a-f]+) [tT] {re.escape(name)}$", text, re.MULTILINE)
    if found is None:
        raise BuildError(f"{elf.name}: expected the function {name}, found none")
    return int(found[1], 16)
