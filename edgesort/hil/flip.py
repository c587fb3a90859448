"""A device on this computer in whose memory a weight has a wrong bit: shows that a check of it can fail.

In C the bit is flipped in the program's image, on an FPGA in a ROM.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np

from edgesort.build import Build
from edgesort.targets.target import BuildError, Simulation

ARRAY = re.compile(r"static const (\w+)_t (\w+)_weight\b[^=]*= \{(.*?)\};", re.DOTALL)  # in model.c
ROM = re.compile(r"(\w+)_weight\.hex")
BIT = 5  # of a weight in C: a large part of one of 4 to 8 bits


def flipped(build: Build, node: str, work: Path) -> Simulation:
    """The build's simulation with a bit of a weight of `node` flipped, made in the existing folder `work`.

    BuildError if the node has no weights in the device's memory.
    """
    out, made = work / "build", work / "made"
    shutil.copytree(build.path, out)
    made.mkdir()
    roms = {found[1]: path for path in out.glob("*/*.hex") if (found := ROM.fullmatch(path.name))}
    if roms:
        _flip_rom(roms[_chosen(node, list(roms))])
        return build.target.simulation(build.graph, out, made)
    arrays = {word: (kind, values) for kind, word, values in ARRAY.findall((out / "model.c").read_text())}
    kind, values = arrays[_chosen(node, list(arrays))]
    simulation = build.target.simulation(build.graph, out, made)
    image = next(Path(word) for word in simulation.command if Path(word).name in ("model.elf", "model"))
    _flip_image(image, np.array([int(value) for value in re.findall(r"-?\d+", values)], kind).tobytes(), node)
    return simulation


def _chosen(node: str, words: list[str]) -> str:
    """The node's, or that of the step in which a kernel computes it with those behind it."""
    word = re.sub(r"\W", "_", node)
    found = next((one for one in words if one == word or one.startswith(f"{word}_")), None)
    if found is None:
        raise BuildError(f"node {node}: expected one with weights in the device's memory: {', '.join(words)}")
    return found


def _flip_rom(path: Path) -> None:
    """The highest bit in use, of the word in the middle."""
    lines = path.read_text().split()
    high, at = max(int(word, 16) for word in lines).bit_length() - 1, len(lines) // 2
    lines[at] = f"{int(lines[at], 16) ^ 1 << high:0{len(lines[at])}x}"
    path.write_text("\n".join(lines) + "\n")


def _flip_image(path: Path, weights: bytes, node: str) -> None:
    """A bit of the byte in the middle of the weights."""
    held = bytearray(path.read_bytes())
    if held.count(weights) != 1:
        raise BuildError(
            f"node {node}: expected its weights once in {path.name}, found them {held.count(weights)} times"
        )
    held[held.index(weights) + len(weights) // 2] ^= 1 << BIT
    path.write_bytes(held)
