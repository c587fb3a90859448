"""Verilog: one hand-written cell an op, streams of elements between them, one multiplier a layer.

A layer is folded to the sample rate: it computes serially, with as few multipliers as keep up at the clock.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.targets.target import BuildError, Executor, Options, Target
from edgesort.targets.verilog.axis import axis_text
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.flow import Family
from edgesort.targets.verilog.fold import UNKNOWN, Fabric, fold
from edgesort.targets.verilog.memory import Stock
from edgesort.targets.verilog.sim import Design, Run, build_bench, read_whatever, run_bench, simulate

CHECK = Run(stalls=64, seed=11)  # what verify runs: source and sinks hold back a quarter of the time, at random
PACED_FRAMES = 64  # simulated at the sampling frequency to measure latency
LONG = 1 << 21  # cycles whose simulation takes longer than compiling it well


@dataclass(frozen=True)
class Rtl(Target):
    """The model alone, for any FPGA or for a design of one's own. clock: in Hz. fabric: what it is folded onto."""

    clock: float
    fabric: Fabric

    def stock(self) -> Stock | None:
        """The RAMs that the model's memories are divided among; None if the tools do that."""
        return None

    def budget(self, graph: Graph) -> int:
        """Clock cycles from one input frame to the next."""
        return int(self.clock / graph.sampling_frequency)

    def limits(self) -> dict[str, Any]:
        return {"clock_mhz": self.clock / 1e6}

    def accept(self, options: Options) -> Target:
        clock = self.clock if options.clock is None else options.clock
        if clock <= 0:
            raise BuildError(f"{self.name}: expected a --clock above 0 Hz, found {clock:g}")
        super().accept(replace(options, clock=None))
        return replace(self, clock=clock)

    def unsupported(self, graph: Graph) -> list[str]:
        try:
            fold(graph, self.budget(graph), self.fabric)
        except BuildError as error:
            return str(error).split("; ")
        return []

    def emit(self, graph: Graph, out: Path) -> None:
        if lines := self.unsupported(graph):
            raise BuildError("; ".join(lines))
        emit_model(graph, out, self.budget(graph), stock=self.stock(), fabric=self.fabric)
        (out / "model_axis.v").write_text(axis_text(graph))
        copy_cells(out)

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """Cycles and latency, measured in RTL. BuildError if a frame takes longer than the samples leave.

        latency_us: from the last sample's beat into the model to the last beat of its frame out, at the sampling
        frequency; the delay of windows and peaks, counted in samples, comes on top.
        """
        with tempfile.TemporaryDirectory() as folder:
            timing = measure(graph, out, Path(folder), self.budget(graph))
        cycles = timing["cycles_per_frame"]
        if cycles > self.budget(graph):
            raise BuildError(f"expected {self.budget(graph)} cycles a frame at most, found {cycles} in simulation")
        return {
            "clock_mhz": self.clock / 1e6,
            "cycles_per_frame": cycles,
            "cycles_available": self.budget(graph),
            "max_sampling_frequency": round(self.clock / cycles),
            "latency_cycles": timing["latency_cycles"],
            "latency_us": round(timing["latency_cycles"] / self.clock * 1e6, 2),
        }

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return (Executor("rtl", 2.0, partial(_run_rtl, graph, out), tuple(node.name for node in graph.nodes)),)


RTL = Rtl("verilog", "Verilog for any FPGA, folded for a clock of 100 MHz: RTL alone", 100e6, UNKNOWN)


def rtl_values(graph: Graph, frames: Array, workdir: Path, stalls: int | None = None, budget: int = 1 << 30) -> Values:
    """Every stream's values of the RTL of `graph` on frames [T, *shape], simulated in the folder `workdir`.

    stalls: of 256, how often the source and the sinks hold back; a number also resets the design once on the way.
    budget: cycles that a frame may take. SimulationError if the design is stuck.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    emit_model(graph, workdir, budget)
    copy_cells(workdir)
    design = Design("model", graph)
    build_bench(workdir, [design], _model_sources(workdir), optimise=0)
    return simulate(workdir, design, frames, Run() if stalls is None else Run(stalls=stalls, reset_at=1000))


def measure(graph: Graph, out: Path, workdir: Path, budget: int) -> dict[str, int]:
    """Cycles of the RTL in `out`: a frame as fast as it goes, and the longest latency at one frame in `budget`."""
    design, (name, stream) = Design("model", graph), graph.input
    period = graph.rate(graph.outputs[0])
    count = max(PACED_FRAMES, 8 * graph.cycle)
    frames = np.random.default_rng(0).integers(stream.dtype.min, stream.dtype.max + 1, (count, *stream.shape))
    rounds = max(PACED_FRAMES, 2 * graph.cycle)
    _verilate(out, workdir, design, optimise=0 if rounds * budget < LONG else 2)
    fast = simulate(workdir, design, frames, Run(stamps=True))
    paced = simulate(workdir, design, frames[:rounds], Run(stamps=True, pace=budget))
    span = count // 2 // graph.cycle * graph.cycle
    first, last = fast[name][-1 - span].min(), fast[name][-1].min()
    sent = paced[name].reshape(rounds, -1)[:, -1][period - 1 :: period]
    arrived = paced[graph.outputs[0]].reshape(len(sent), -1)[:, -1]
    return {
        "cycles_per_frame": int(-(-(last - first) // span)),
        "latency_cycles": int((arrived - sent).max()),
    }


def _model_sources(out: Path) -> list[Path]:
    return [out / "model.v", *sorted(out.glob("es_*.v"))]


def _verilate(out: Path, workdir: Path, design: Design, optimise: int) -> None:
    shutil.copytree(out / "model_rom", workdir / "model_rom")
    build_bench(workdir, [design], _model_sources(out), optimise)


def _run_rtl(graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
    design = Design("model", graph)
    with tempfile.TemporaryDirectory() as folder:
        _verilate(out, Path(folder), design, optimise=2)
        yield _carried(Path(folder), design, frames)


def run_netlist(graph: Graph, out: Path, family: Family, frames: Array) -> Iterator[Values]:
    """What the synthesised model in `out`, in cells of an FPGA family, makes of frames."""
    design = Design("model", graph, inside=False)
    models, arguments = family.simulation()
    with tempfile.TemporaryDirectory() as folder:
        build_bench(Path(folder), [design], [out / "netlist.v", *models], 1, arguments)
        yield _carried(Path(folder), design, frames)


def _carried(folder: Path, design: Design, frames: Array) -> Values:
    """What the streams carried, also of a design that stops on the way: the comparison says what is missing."""
    run_bench(folder, [design], [frames], CHECK)
    return read_whatever(folder, design, len(frames), CHECK)
