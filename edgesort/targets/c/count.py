"""What model_push executes on a machine, counted instruction by instruction by a QEMU plugin (sim/qemu/es_count.c)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from edgesort.fixed import Array
from edgesort.share import share
from edgesort.targets.c import qemu
from edgesort.targets.c.build import tool
from edgesort.targets.c.disassembly import Instruction, disassemble
from edgesort.targets.c.timing import cycles
from edgesort.targets.target import BuildError

MARKERS = ("measure_begin", "measure_end")  # main.c calls them around model_push
OWNERS, NO_OWNER = 256, 0xFFFFFFFF
COUNTS = "counts"  # the file that the plugin writes
MODEL = "model"  # the owner of what is no kernel's: the calls, the copies of frames, the events


@dataclass(frozen=True)
class Counts:
    """Of `calls` calls of model_push, a frame each.

    instructions, cycles: in all and the most in a call. Cycles are an estimate from the core's published timing table,
    None where there is none. A kernel's figures (instructions, cycles or 0) hold all that it calls; `model` is what
    model.c does itself. The kernels add up to the whole, the functions and the mnemonics to the instructions.
    """

    calls: int
    instructions: int
    instructions_worst: int
    cycles: int | None
    cycles_worst: int | None
    kernels: Mapping[str, tuple[int, int]]
    functions: Mapping[str, int]
    mnemonics: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """What the plugin is told about a program, and what its answer is read with."""

    code: tuple[Instruction, ...]
    table: Array
    owners: tuple[str, ...]
    has_cycles: bool
    begin: int
    end: int


def count(program: qemu.Program, prefix: str, cpu: str, frames: Array) -> tuple[Counts, int]:
    """What model_push takes on these frames, one a call, and the bytes of stack that the run used, harness included.

    prefix: of the compiler's tools. cpu: the core by the compiler's name; see timing.cycles.
    """
    chosen = plan(program.out / "model.elf", prefix, cpu)
    with TemporaryDirectory() as name:
        folder = Path(name)
        with qemu.firmware(program, frames, "count", plugin(chosen, folder)) as work:
            done, stack = np.fromfile(work / "count.bin", "<u8").tolist()
        found = counts(chosen, folder)
    if not done == found.calls == len(frames):
        raise BuildError(f"qemu: expected {len(frames)} frames, found {done} of which {found.calls} were counted")
    return found, stack


def plan(elf: Path, prefix: str, cpu: str) -> Plan:
    """What to count in a program: all that runs between the markers, but for the function that calls them."""
    code = disassemble(elf, prefix)
    starts = {instruction.function: instruction.address for instruction in reversed(code)}
    missing = [name for name in MARKERS if name not in starts]
    if missing or starts[MARKERS[0]] == starts[MARKERS[1]]:
        raise BuildError(f"{elf.name}: expected the functions {' and '.join(MARKERS)}, found them missing or merged")
    calling = {instruction.function for instruction in code if instruction.target == starts[MARKERS[0]]}
    of_model = _of_model(elf.parent / "model.c") | {name for name in starts if name.startswith("model_")}
    owners = (MODEL, *sorted({_source_name(name) for name in starts if _is_kernel(name)}))
    if len(owners) > OWNERS:
        raise BuildError(f"{elf.name}: expected at most {OWNERS - 1} kernels, found {len(owners) - 1}")
    numbers = {starts[name]: owners.index(_source_name(name)) for name in starts if _is_kernel(name)}
    weights = cycles(code, cpu)
    rows = [
        (
            instruction.address,
            instruction.function not in {*MARKERS, *calling},
            weight,
            0 if _source_name(instruction.function) in of_model else numbers.get(instruction.address, NO_OWNER),
        )
        for instruction, weight in zip(code, weights or [0] * len(code), strict=True)
    ]
    return Plan(code, np.array(rows, "<u4"), owners, weights is not None, starts[MARKERS[0]], starts[MARKERS[1]])


def _of_model(source: Path) -> set[str]:
    """The functions that model.c defines, but for the kernels that it specialises."""
    text = source.read_text() if source.is_file() else ""
    return {name for name in re.findall(r"^\w[^\n(]*?(\w+)\([^;{]*\)\n\{", text, re.MULTILINE) if not _is_kernel(name)}


def _is_kernel(name: str) -> bool:
    return name.startswith("es_")


def _source_name(name: str) -> str:
    """A function's name in the source; gcc calls what it makes of one f.isra.0 and the like."""
    return name.split(".")[0]


def plugin(chosen: Plan, folder: Path) -> list[str]:
    """QEMU's arguments for counting; the plugin is compiled for this computer into `folder`, and writes there."""
    compiler = tool("gcc", "build the QEMU plugin that counts instructions", "gcc")
    library, table = folder / "es_count.so", folder / "table"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, share("sim", "qemu", "es_count.c")], check=True)
    chosen.table.tofile(table)
    return ["-plugin", f"{library},begin={chosen.begin:x},end={chosen.end:x},table={table},out={folder / COUNTS}"]


def counts(chosen: Plan, folder: Path) -> Counts:
    """What the plugin wrote; BuildError if the program did what the plugin cannot count."""
    file = folder / COUNTS
    values = np.fromfile(file, "<u8").tolist() if file.is_file() else [0] * 7
    calls, instructions, worst, weight, weight_worst, unlisted, out_of_turn = values[:7]
    if unlisted or out_of_turn or not calls:
        raise BuildError(
            f"qemu: expected calls of model_push between markers and in known code, "
            f"found {calls} calls, {unlisted} unknown instructions and {out_of_turn} markers out of turn"
        )
    owned, executions = values[7 : 7 + 2 * OWNERS], values[7 + 2 * OWNERS :]
    listed = zip(chosen.code, chosen.table[:, 1], executions, strict=True)
    executed = [(instruction, count) for instruction, counts, count in listed if counts and count]
    return Counts(
        calls,
        instructions,
        worst,
        weight if chosen.has_cycles else None,
        weight_worst if chosen.has_cycles else None,
        {name: (owned[2 * k], owned[2 * k + 1]) for k, name in enumerate(chosen.owners) if owned[2 * k]},
        _sums([(instruction.function, count) for instruction, count in executed]),
        _sums([(instruction.stem, count) for instruction, count in executed]),
    )


def _sums(pairs: list[tuple[str, int]]) -> dict[str, int]:
    """The sum of each name's counts, the largest first."""
    sums: dict[str, int] = {}
    for name, count in pairs:
        sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))
