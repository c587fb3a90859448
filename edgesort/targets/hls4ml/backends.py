"""The vendors' tools: what their project needs beyond what hls4ml writes, how they are run, what they report."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgesort.targets.hls4ml.reports import catapult_report, vitis_report

VITIS_OPTIONS = """\
array set opt {
    reset      0
    csim       1
    synth      1
    cosim      0
    validation 0
    export     0
    vsynth     0
    fifo_opt   0
}
"""
CATAPULT_OPTIONS = 'set ::argv "synth=1 vsynth=[expr {[auto_execok vivado] ne {}}]"'  # LUT and FF are Vivado's to count
UNUSED = ("ac_types/gdb", "ac_types/pdfdocs", "ac_math/lutgen", "ac_math/pdfdocs", "ac_math/tests")


@dataclass(frozen=True)
class Backend:
    """A backend of hls4ml. part: the vendor's name. finish(project): what hls4ml leaves to do.

    commands: the vendor's tools and their arguments, the newest first. report(project): its costs or None.
    """

    name: str
    part: str
    finish: Callable[[Path], None]
    commands: tuple[tuple[str, ...], ...]
    report: Callable[[Path], dict[str, Any] | None]
    least_bits: int = 1  # of an activation

    def found(self) -> tuple[str, ...] | None:
        """The command of the first tool that is on PATH."""
        return next((command for command in self.commands if shutil.which(command[0])), None)


def _finish_vitis(project: Path) -> None:
    (project / "build_opt.tcl").write_text(VITIS_OPTIONS)


def _finish_catapult(project: Path) -> None:
    """Let the C simulation read the weights that synthesis reads, from the headers.

    hls4ml lets it read text files instead, from a folder whose absolute path it compiles in.
    """
    firmware = project / "firmware"
    for header in (firmware / "weights").glob("*.h"):
        _edit(header, r"#ifndef __SYNTHESIS__\n.*?#else\n(.*?)#endif\n", r"\1")
    for text in (firmware / "weights").glob("*.txt"):
        text.unlink()
    _edit(firmware / "network.cpp", r"#ifndef __SYNTHESIS__\n    static bool loaded_weights.*?#endif\n", "")
    _edit(project / "network_bridge.cpp", r"static std::string s_weights_dir.*?\n(?=namespace nnet)", "")
    (project / "..tar.gz").unlink(missing_ok=True)  # the whole project once more
    for folder in UNUSED:
        shutil.rmtree(firmware / folder, ignore_errors=True)


def _edit(path: Path, old: str, new: str) -> None:
    """Replace the one place that matches `old`."""
    text, count = re.subn(old, new, path.read_text(), flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{path.name}: expected one place that hls4ml 1.3.0 writes, found {count}")
    path.write_text(text)


VITIS = Backend(
    "Vitis",
    "xcvu13p-flga2577-2-e",
    _finish_vitis,
    (("vitis-run", "--mode", "hls", "--tcl", "build_prj.tcl"), ("vitis_hls", "-f", "build_prj.tcl")),
    vitis_report,
)
CATAPULT = Backend(
    "Catapult",
    "xcku115-flvb2104-2-i",
    _finish_catapult,
    (("catapult", "-product", "ultra", "-shell", "-f", "build_prj.tcl", "-eval", CATAPULT_OPTIONS),),
    catapult_report,
    least_bits=2,  # hls4ml 1.3.0 writes 2 for 1, on account of another vendor's ac_fixed, and so saturates too late
)
