"""Cycles of an instruction on a Cortex-M3 and on a Cortex-M4, as Arm's Technical Reference Manuals give them.

An estimate, for memory without wait states and aligned accesses. Sources: Cortex-M3 TRM (DDI 0337, 3.3.1 and the
load and store timings after it), Cortex-M4 TRM (100166, 3.3.1 to 3.3.3). Their rules, as applied here:

- Where a figure is a range, its upper end: a pipeline refill P of 1 to 3 takes 3, a division of 2 to 12 takes 12, on
  the M3 a long multiplication 5 and one that accumulates 7.
- A branch is weighed as taken: 1 + P. TBB and TBH: 3 + P ("at least six cycles"). Loading PC: 2 + P; in a list: + P.
- A load of one register: 2. A store to [Rn, #imm]: 1 ("always one cycle"); to [Rn, Rm]: 2.
- A load or store of one register right after a load of one register: 1, unless the address needs what was loaded
  ("one cycle is removed from the cost of the next instruction"). Not where a branch may lead in between.
- A load or store whose address needs the result of the data processing right before it: 1 more ("stalls").
- N registers (LDM, STM, PUSH, POP, LDRD, STRD): 1 + N.
- MLA and MLS: 1 on the M4, 2 on the M3. Everything else, and all of the M4's DSP instructions: 1.
"""

from __future__ import annotations

import re

from edgesort.targets.c.disassembly import Instruction

REFILL = 3
TABLES = {
    "cortex-m3": {"mla": 2, "mls": 2, "smull": 5, "umull": 5, "smlal": 7, "umlal": 7, "sdiv": 12, "udiv": 12},
    "cortex-m4": {"sdiv": 12, "udiv": 12},
}
CONDITION = "(?:eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?"
LOAD = re.compile(rf"^ldrs?[bh]?t?{CONDITION}$")
STORE = re.compile(rf"^str[bh]?t?{CONDITION}$")
PAIR = re.compile(rf"^(ldrd|strd){CONDITION}$")
LIST = re.compile(rf"^(ldm|stm|push|pop)(ia|db|fd|ea)?{CONDITION}$")
BRANCH = re.compile(rf"^(b|bl|bx|blx|cbz|cbnz){CONDITION}$")
BY_REGISTER = r"\[\w+, [a-z]"  # the address is the sum of two
NO_RESULT = re.compile(rf"^(cmp|cmn|tst|teq|it[te]*|nop|pld){CONDITION}$")


def cycles(code: tuple[Instruction, ...], cpu: str) -> list[int] | None:
    """The cycles of each instruction of a program; None for a core without a published table.

    cpu: the core by the compiler's name, for instance cortex-m4.
    """
    if cpu not in TABLES:
        return None
    targets = {instruction.target for instruction in code}
    befores = [None, *code[:-1]]
    return [
        alone(instruction, cpu)
        + (_neighbour(before, instruction, instruction.address in targets) if before is not None else 0)
        for before, instruction in zip(befores, code, strict=True)
    ]


def alone(instruction: Instruction, cpu: str) -> int:
    """Cycles of an instruction whatever stands before it."""
    stem, operands = instruction.stem, instruction.operands
    if stem in ("tbb", "tbh"):
        return 3 + REFILL
    if BRANCH.match(stem):
        return 1 + REFILL
    if PAIR.match(stem):
        return 3
    if LIST.match(stem):
        listed = registers(operands[operands.index("{") :])
        return 1 + len(listed) + (REFILL if "pc" in listed and not stem.startswith(("st", "push")) else 0)
    jump = REFILL if operands.startswith("pc,") else 0
    if LOAD.match(stem):
        return 2 + jump
    if STORE.match(stem):
        return 2 if re.search(BY_REGISTER, operands) else 1
    return jump + next((count for name, count in TABLES[cpu].items() if re.match(f"^{name}s?{CONDITION}$", stem)), 1)


def _neighbour(before: Instruction, instruction: Instruction, is_target: bool) -> int:
    """Cycles more or less because of the instruction before."""
    address = _address(instruction)
    if not address or before.function != instruction.function:
        return 0
    if not LOAD.match(before.stem):
        return 1 if address & _results(before) else 0
    loaded = set(registers(before.operands.split(",")[0]))
    return -1 if _pipelines(instruction) and not is_target and not address & loaded else 0


def _pipelines(instruction: Instruction) -> bool:
    """Does a load right before save this one a cycle? Only where it takes two."""
    by_register = STORE.match(instruction.stem) and re.search(BY_REGISTER, instruction.operands)
    return bool(LOAD.match(instruction.stem) or by_register)


def _address(instruction: Instruction) -> set[str]:
    """The registers that a load's or store's address is made of; none for other instructions."""
    stem, operands = instruction.stem, instruction.operands
    if LOAD.match(stem) or STORE.match(stem) or PAIR.match(stem):
        return set(registers(operands[operands.index("[") :].split("]")[0]))
    if not LIST.match(stem):
        return set()
    return {"sp"} if operands.startswith("{") else set(registers(operands.split(",")[0]))


def _results(instruction: Instruction) -> set[str]:
    """The registers that data processing writes; none for other instructions."""
    stem, operands = instruction.stem, instruction.operands.split(",")
    others = (LOAD, STORE, PAIR, LIST, BRANCH, NO_RESULT)
    if stem in ("tbb", "tbh") or any(kind.match(stem) for kind in others):
        return set()
    count = 2 if re.match(r"^[su]m(ull|la?l|aal)", stem) else 1
    return {name for operand in operands[:count] for name in registers(operand)}


def registers(text: str) -> list[str]:
    """The core registers named in a text."""
    return re.findall(r"\b(r\d+|sl|fp|ip|sp|lr|pc|sb)\b", spelled(text))


def spelled(text: str) -> str:
    """A text in which every register of a range stands by itself."""
    ranges = re.compile(r"\b([rd])(\d+)-[rd](\d+)")
    return ranges.sub(lambda found: ",".join(f"{found[1]}{k}" for k in range(int(found[2]), int(found[3]) + 1)), text)
