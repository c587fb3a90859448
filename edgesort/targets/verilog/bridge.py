"""A board as a program: its RTL, Verilated, with the serial line on a TCP socket (sim/link_bridge.cpp).

The sources and ROMs are those in the folder of the build, so an edited build is what runs.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from edgesort.graph import Graph
from edgesort.share import share
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.link import BOARD_FILE, most
from edgesort.targets.verilog.sim import ONE_FILE, environment

PROGRAM, PAUSES = "link_bridge", 4  # messages and frames without a byte, after which the clock stands still
FAST, QUICK = 3, 1  # levels of the C++ compiler: for a long run, and for a short one
VERILATOR = ("--cc", "--exe", "--build", "-j", "1", "-O3", "--noassert", "--x-initial", "unique", "--x-assign", "fast")
QUIETLY = ("-Wno-fatal", "-Wno-lint", "-Wno-style")
OTHERS = ("top.v", "netlist.v", "model_axis.v")  # Verilog of a build that is not below module board
BITS_A_BYTE = 10
PARAMETER = re.compile(r"\bparameter\s+(\w+)")


def build_bridge(graph: Graph, out: Path, work: Path, level: int = FAST) -> list[str]:
    """The command line of the program for the build in `out`, made in the folder `work`.

    BuildError with Verilator's first error, or if the board has no link. With `--log FILE` behind it, the file tells
    the cycle of each byte on the line.
    """
    if not (out / BOARD_FILE).is_file():
        raise BuildError(f"{out}: expected a build with --input link, found none; compile it that way")
    board = json.loads((out / BOARD_FILE).read_text())
    parameters, budget = board["parameters"], int(board["clock"] / graph.sampling_frequency)
    known = PARAMETER.findall((out / "board.v").read_text())
    chosen = [f"-G{name}={value}" for name, value in parameters.items() if name in known]
    sources = sorted(str(path.resolve()) for path in out.glob("*.v") if path.name not in OTHERS)
    made = [*ONE_FILE, "-CFLAGS", f"-std=c++20 -O{level}", "--top-module", "board", "--Mdir", "obj", "-o", PROGRAM]
    command = ["verilator", *VERILATOR, *QUIETLY, *made, *chosen, *sources, str(share("sim", f"{PROGRAM}.cpp"))]
    work.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=work, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = next((line for line in done.stderr.splitlines() if "rror" in line), f"exit code {done.returncode}")
        raise BuildError(f"{out}: expected that Verilator makes a program of it, found {said}")
    divide, rate = parameters["DIVIDE"], graph.rate(graph.outputs[0])
    message, frame = BITS_A_BYTE * divide * most(graph), budget * rate
    program = str((work / "obj" / PROGRAM).resolve())
    return [program, str(out.resolve()), str(divide), str(PAUSES * max(message, frame))]
