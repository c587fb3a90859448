"""Write a build to a board, through pyocd."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgesort.targets.target import BuildError, ToolMissing


def pyocd(part: str, out: Path) -> list[str]:
    """The command that writes model.hex to a board whose part has this name in pyocd.

    BuildError if there is no model.hex, ToolMissing without pyocd.
    """
    image = out / "model.hex"
    if not image.is_file():
        raise BuildError(f"{image}: expected the firmware, found none; compile again")
    program = shutil.which("pyocd")
    if program is None:
        raise ToolMissing(f"pyocd: expected it on PATH to write to a {part}, found none; pip install pyocd")
    return [program, "flash", "-t", part, str(image)]
