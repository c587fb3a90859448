"""Call make, and read what the linker made of a build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edgesort.targets.target import BuildError, ToolMissing


@dataclass(frozen=True)
class Part:
    """What a microcontroller has: bytes of flash and of RAM, and its clock in Hz."""

    name: str
    flash: int
    ram: int
    clock: float


def tool(name: str, purpose: str, package: str) -> str:
    """The path of a program; ToolMissing if it is not there."""
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(f"{name}: expected it on PATH to {purpose}, found none; apt install {package}")
    return path


def make(out: Path, *variables: str, part: Part | None = None, keep: bool = False) -> None:
    """Run make in `out`; BuildError with the compiler's or the linker's words if it fails.

    keep: leave the objects in out/obj to whoever calls.
    """
    environment = {k: v for k, v in os.environ.items() if k not in ("CFLAGS", "MAKEFLAGS", "MAKELEVEL")}
    environment |= {"CCACHE_DISABLE": "1"} if keep else {}  # it would keep what gcc writes beside an object to itself
    command = [tool("make", "build C", "make"), "-s", *variables]
    done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        if not keep:
            drop_objects(out)
        return
    for region, size in (("FLASH", part.flash), ("RAM", part.ram)) if part else ():
        if over := re.search(rf"region `{region}' overflowed by (\d+) bytes", done.stderr):
            excess = int(over[1])
            raise BuildError(
                f"{part.name if part else out}: expected at most {size} bytes of {region.lower()}, "
                f"found {size + excess} ({excess} too many); use a smaller network or a larger part"
            )
    said = done.stderr.splitlines()
    errors = [line for line in said if re.search(r"error|undefined reference", line, re.IGNORECASE)] or said
    raise BuildError(f"make in {out.name}: expected exit code 0, found {done.returncode}: {'; '.join(errors[:2])}")


def drop_objects(out: Path) -> None:
    """Leave the sources and what was made of them."""
    shutil.rmtree(out / "obj", ignore_errors=True)


def refresh(out: Path, artefact: str, *variables: str, part: Part | None = None) -> None:
    """Make again if a source was edited since: what runs is what the sources in the folder say."""
    built = (out / artefact).stat().st_mtime if (out / artefact).is_file() else 0.0
    if any(source.stat().st_mtime > built for source in out.glob("*.[ch]")):
        make(out, *variables, part=part)


def sections(file: Path, prefix: str = "") -> dict[str, int]:
    """Bytes of each section of an ELF file or, summed over its members, of a library."""
    done = subprocess.run([f"{prefix}size", "-A", file], capture_output=True, text=True, check=True)
    sizes: dict[str, int] = {}
    for name, size in re.findall(r"^(\.\S+)\s+(\d+)\s", done.stdout, re.MULTILINE):
        sizes[name] = sizes.get(name, 0) + int(size)
    return sizes


def symbol_bytes(file: Path, name: str, prefix: str = "") -> int:
    """Bytes of the object `name` in an ELF file."""
    done = subprocess.run([f"{prefix}nm", "-S", file], capture_output=True, text=True, check=True)
    match = re.search(rf"^\S+ (\S+) \S {re.escape(name)}$", done.stdout, re.MULTILINE)
    if match is None:
        raise BuildError(f"{file.name}: expected the symbol {name}, found none")
    return int(match[1], 16)
