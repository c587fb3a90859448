"""The deepest stack of a program, before it ever runs.

A function's frame is what gcc says of it (-fcallgraph-info=su: a .ci file an object); who calls whom is what the
linked program does, together with what gcc says. Library functions come without a .ci file: of these the frame is all
that their instructions take off the stack pointer, however they branch. Recursion, a frame that depends on data, and
a call through a pointer have no bound and are refused. Exceptions are not counted: the ports let none happen but
faults, and a fault ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from edgesort.targets.c.build import sections
from edgesort.targets.c.disassembly import Instruction, disassemble
from edgesort.targets.c.timing import registers, spelled
from edgesort.targets.target import BuildError

NODE = re.compile(r'^node: { title: "(?:[^":]*:)?([^"]+)" label: "[^"]*\\n(\d+) bytes \(([^)]*)\)', re.MULTILINE)
EDGE = re.compile(r'^edge: { sourcename: "(?:[^":]*:)?([^"]+)" targetname: "(?:[^":]*:)?([^"]+)"', re.MULTILINE)
INDIRECT = "__indirect_call"
KNOWN = ("static", "dynamic,bounded")
THROUGH = re.compile(r"^(blx|jalr)$")  # a call of what a register points to, unless it names a target


@dataclass(frozen=True)
class Program:
    """frames: bytes of stack that each function takes itself. calls: the functions that each one calls."""

    frames: Mapping[str, int]
    calls: Mapping[str, frozenset[str]]

    def deepest(self, function: str, above: tuple[str, ...] = ()) -> tuple[int, tuple[str, ...]]:
        """Bytes of stack from the call of `function` on, and the calls that take them; BuildError if unbounded."""
        path = (*above, function)
        if function in above:
            raise BuildError(f"stack: expected no recursion, found {' -> '.join(path)}")
        if function == INDIRECT:
            raise BuildError(f"stack: expected calls by name, found one through a pointer in {above[-1]}")
        if function not in self.frames:
            raise BuildError(f"stack: expected {function} in the program, found none; called by {' -> '.join(above)}")
        below = [self.deepest(called, path) for called in sorted(self.calls.get(function, ()))]
        depth, calls = max(below, default=(0, ()))
        return self.frames[function] + depth, (function, *calls)


def depths(out: Path, prefix: str) -> dict[str, int]:
    """stack_bytes: of the firmware that was made in `out`, from reset on; stack_model_push_bytes: of the model alone.

    BuildError if there is no bound, or if it is above what the linker reserved. prefix: of the compiler's tools.
    """
    elf = out / "model.elf"
    made, reserved = program(elf, out / "obj", prefix), sections(elf, prefix)[".stack"]
    depth, calls = made.deepest("reset")
    if depth > reserved:
        raise BuildError(
            f"stack: expected at most the {reserved} bytes reserved (STACK_SIZE), found {depth} in "
            f"{' -> '.join(calls)}; use a smaller network or reserve more"
        )
    return {"stack_bytes": depth, "stack_model_push_bytes": made.deepest("model_push")[0]}


def program(elf: Path, objects: Path, prefix: str) -> Program:
    """The functions of a linked program. objects: the folder of gcc's .ci files. BuildError if a frame is unknown."""
    code = disassemble(elf, prefix)
    texts = [file.read_text() for file in sorted(objects.glob("*.ci"))]
    said = _said(texts)
    if not said:
        raise BuildError(f"stack: expected gcc's .ci files in {objects}, found none; -fcallgraph-info=su writes them")
    linked = {instruction.function for instruction in code}
    frames = _taken(code) | {n: size for n, size in said.items() if n in linked}
    pairs = {*_linked_calls(code, said), *((a, b) for a, b in _edges(texts) if a in linked and _there(b, linked))}
    return Program(frames, {name: frozenset(b for a, b in pairs if a == name) for name in linked})


def _said(texts: list[str]) -> dict[str, int]:
    """Each function's frame by gcc; the largest where two files have one of the same name."""
    frames: dict[str, int] = {}
    for name, size, kind in (found for text in texts for found in NODE.findall(text)):
        if kind not in KNOWN:
            raise BuildError(f"stack: expected a frame of constant size in {name}, found one that is {kind}")
        frames[name] = max(int(size), frames.get(name, 0))
    return frames


def _edges(texts: list[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield from EDGE.findall(text)


def _there(name: str, linked: set[str]) -> bool:
    """A call of a function that the program does not hold was inlined (memcpy of a few bytes) or dropped."""
    return name in linked or name == INDIRECT


def _linked_calls(code: tuple[Instruction, ...], said: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """(caller, called) for each branch from one function into another, and each call through a register in a library
    function; of its own functions gcc says where they call through a pointer."""
    at = {instruction.address: instruction.function for instruction in code}
    for instruction in code:
        called = at.get(instruction.target) if instruction.target is not None else None
        if called is not None and called != instruction.function:
            yield instruction.function, called
        elif instruction.target is None and THROUGH.match(instruction.stem) and instruction.function not in said:
            yield instruction.function, INDIRECT


def _taken(code: tuple[Instruction, ...]) -> dict[str, int]:
    """Bytes that each function's instructions take off the stack pointer, all of them added up."""
    taken: dict[str, int] = {}
    for instruction in code:
        taken[instruction.function] = taken.get(instruction.function, 0) + _taken_by(instruction)
    return taken


def _taken_by(instruction: Instruction) -> int:
    stem, operands = instruction.stem, instruction.operands.replace(" ", "")
    if stem in ("push", "vpush") or (stem.startswith(("stm", "vstm")) and operands.startswith("sp!")):
        return len(re.findall(r"\bd\d+", spelled(operands))) * 8 + len(registers(operands[operands.index("{") :])) * 4
    if moved := re.search(r"\[sp,#-(\d+)\]!", operands):
        return int(moved[1])
    if moved := re.match(r"^sp,(?:sp,)?#(\d+)$", operands):
        return int(moved[1]) if stem.startswith("sub") else 0
    if moved := re.match(r"^sp,sp,-(\d+)$", operands):
        return int(moved[1])
    return 0
