"""Verilog for an iCE40UP5K: one hand-written cell an op, streams of elements between them, one multiplier a layer.

A layer is folded to the sample rate: it computes serially, with as few multipliers as keep up at the board's clock.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.target import DEFAULTS, BuildError, Executor, Options, Target
from edgesort.targets.verilog.activity import ICE40, activity_bench
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.fold import UNKNOWN, Fabric, busiest, fold, multiplies
from edgesort.targets.verilog.ice40 import NETLIST, UP5K, UP5K_FABRIC, Device, cells_sim, implement
from edgesort.targets.verilog.memory import Stock
from edgesort.targets.verilog.power import ICE40_UP5K, estimate
from edgesort.targets.verilog.sim import Design, Run, build_bench, read_whatever, run_bench, simulate

CHECK = Run(stalls=64, seed=11)  # what verify runs: source and sinks hold back a quarter of the time, at random
PACED_FRAMES = 64  # simulated at the sampling frequency to measure latency
POWER_FRAMES = 256  # of a recording, in which the netlist's switching is counted


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
            "cycles_per_frame": cycles,
            "cycles_available": self.budget(graph),
            "max_sampling_frequency": round(self.clock / cycles),
            "latency_cycles": timing["latency_cycles"],
            "latency_us": round(timing["latency_cycles"] / self.clock * 1e6, 2),
        }

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return (Executor("rtl", 2.0, partial(_run_rtl, graph, out), tuple(node.name for node in graph.nodes)),)


@dataclass(frozen=True)
class Board(Rtl):
    """A folder in hw/boards: board.v, top.v and top.pcf around the model."""

    folder: str
    device: Device

    def stock(self) -> Stock:
        """The device's, less the RAM of the records that wait for the line."""
        count = {key: available for key, _, available in self.device.resources}
        return Stock(count["ebr"] - 1, count["spram"])

    def limits(self) -> dict[str, Any]:
        return {key: available for key, _, available in self.device.resources} | super().limits()

    def unsupported(self, graph: Graph) -> list[str]:
        name, stream = graph.input
        lines = []
        if len(stream.shape) != 1 or (stream.dtype.bits, stream.dtype.signed) != (16, True):
            lines.append(f"input {name}: expected int16 samples [channels], found {stream}")
        if len(graph.outputs) != 1:
            lines.append(f"graph {graph.name}: expected one output, found {len(graph.outputs)}")
        events = graph.streams[graph.outputs[0]]
        if len(events.shape) != 1 or events.size > 1 << 14 or events.dtype.signed or events.dtype.bits > 14:
            lines.append(f"output {graph.outputs[0]}: expected events u1 to u14[1 to 16384], found {events}")
        return lines + super().unsupported(graph)

    def emit(self, graph: Graph, out: Path) -> None:
        super().emit(graph, out)
        for source in sorted(share("hw", "boards", self.folder).iterdir()):
            shutil.copyfile(source, out / source.name)
        copy_cells(out)

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """A bitstream, top.bin: area and Fmax as the tools count them, besides what Rtl.build measures.

        mac_utilisation: the part of all cycles in which the busiest engine's multipliers make products that count.
        """
        timing = super().build(graph, out)
        events = graph.streams[graph.outputs[0]]
        parameters = {"CHANNELS": graph.input[1].size, "UNITS": events.size, "SCORE_BITS": events.dtype.bits}
        costs = implement(out, f"{self.folder}.pcf", self.device, self.clock, parameters)
        made, budget = fold(graph, self.budget(graph), self.fabric), self.budget(graph)
        _, utilisation = busiest(graph, {name: one for name, one in made.items() if multiplies(one)}, budget)
        return {**costs, **timing, "mac_utilisation": round(utilisation, 3)}

    def measure(self, graph: Graph, out: Path, frames: Array, options: Options = DEFAULTS) -> dict[str, Any]:
        """An estimate of the power, from the netlist's switching on the first of these frames."""
        some, budget = frames[:POWER_FRAMES], self.budget(graph)
        with tempfile.TemporaryDirectory() as folder:
            bench = activity_bench(Path(folder), out / "netlist.v", cells_sim(), ICE40, graph, NETLIST)
            return estimate(graph, bench.run(some, budget), self.clock, ICE40_UP5K)

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        return *super().executors(graph, out), Executor("netlist", 0.2, partial(_run_netlist, graph, out))


RTL = Rtl("verilog", "Verilog for any FPGA, folded for a clock of 100 MHz: RTL alone", 100e6, UNKNOWN)
ICEBREAKER = Board("icebreaker", "iCE40UP5K on an iCEBreaker: RTL to bitstream", 24e6, UP5K_FABRIC, "icebreaker", UP5K)


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
    _verilate(out, workdir, design, optimise=0)
    fast = simulate(workdir, design, frames, Run(stamps=True))
    paced = simulate(workdir, design, frames, Run(stamps=True, pace=budget))
    span = count // 2 // graph.cycle * graph.cycle
    first, last = fast[name][-1 - span].min(), fast[name][-1].min()
    sent = paced[name].reshape(count, -1)[:, -1][period - 1 :: period]
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


def _run_netlist(graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
    design = Design("model", graph, inside=False)
    with tempfile.TemporaryDirectory() as folder:
        build_bench(Path(folder), [design], [out / "netlist.v", cells_sim()], 1, NETLIST)
        yield _carried(Path(folder), design, frames)


def _carried(folder: Path, design: Design, frames: Array) -> Values:
    """What the streams carried, also of a design that stops on the way: the comparison says what is missing."""
    run_bench(folder, [design], [frames], CHECK)
    return read_whatever(folder, design, len(frames), CHECK)
