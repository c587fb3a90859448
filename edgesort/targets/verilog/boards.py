"""FPGA boards: a folder of hw/boards with top.v and the pins, a part, a crystal, and the clocks that are made of it."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.share import share
from edgesort.targets.target import DEFAULTS, BuildError, Executor, Options, Simulation, Target, ToolMissing
from edgesort.targets.verilog import activity, ecp5, ice40, link
from edgesort.targets.verilog.activity import Kind, activity_bench
from edgesort.targets.verilog.bridge import build_bridge
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.flow import Device, implement
from edgesort.targets.verilog.fold import AREA, ENERGY, LEAST, best_clock, busiest, fold, multiplies
from edgesort.targets.verilog.memory import Stock
from edgesort.targets.verilog.power import ECP5_25F, ICE40_UP5K, Figures, estimate
from edgesort.targets.verilog.target import Rtl, run_netlist

INPUTS = ("uart", "spi", "link")
BITS_A_SAMPLE = 20  # of a serial line: two bytes, each with start and stop
LEAST_DIVIDE = 8  # clock cycles a bit, so that its middle is met
PULSE = 10e-6  # s that the event pin stays high
# An amplifier chip of the RHD2000 series by its data sheet: the least time of half an SCLK period, of CS high between
# two commands, and from one command to the next; the most channels of a chip with one data line.
CHIP_HALF, CHIP_REST, CHIP_COMMAND, CHIP_CHANNELS = 20.8e-9, 154e-9, 950e-9, 32
POWER_FRAMES, POWER_CYCLES = 256, 1 << 21  # of a recording, in which the netlist's switching is counted
CHIP_HALVES = 33  # of a command with CS low


@dataclass(frozen=True)
class Board(Rtl):
    """clocks: in Hz, that `pll` can make of the crystal, or the crystal's own. bauds: of the serial line.
    writers: commands that write a bitstream, the first that is installed is used. kinds: cells whose switching is
    counted; figures: of the device's power, None if they are not known. source: one of INPUTS.
    trace: the link tells nodes' values."""

    folder: str
    device: Device
    crystal: float
    pll: Callable[[float, float], dict[str, int]]
    clocks: tuple[float, ...]
    bauds: tuple[float, ...]
    writers: tuple[tuple[str, ...], ...]
    kinds: tuple[Kind, ...]
    figures: Figures | None
    source: str = "uart"
    allow_timing_failure: bool = False
    clock_is_chosen: bool = False
    least: str = AREA
    trace: bool = False

    def stock(self) -> Stock | None:
        """The device's, less the RAM of what waits for the line; the tools divide what has one kind."""
        taken = (link.BLOCK_RAMS if self.source == "link" else 1) + link.TRACE_RAMS * self.trace
        return Stock(self.device.has("ebr") - taken, self.device.has("spram")) if self.device.has("spram") else None

    def limits(self) -> dict[str, Any]:
        return {key: available for key, _, available in self.device.resources} | super().limits()

    def accept(self, options: Options) -> Target:
        clock = self.clock if options.clock is None else options.clock
        if clock not in self.clocks:
            known = ", ".join(f"{one:.0f}" for one in self.clocks)
            raise BuildError(f"{self.name}: expected a --clock of {known} Hz, found {clock:.0f}")
        source = self.source if options.input is None else options.input
        if source not in INPUTS:
            raise BuildError(f"{self.name}: expected an --input of {' or '.join(INPUTS)}, found {source}")
        least = self.least if options.least is None else options.least
        if least not in LEAST:
            raise BuildError(f"{self.name}: expected a --least of {' or '.join(LEAST)}, found {least}")
        if options.trace and source != "link":
            raise BuildError(f"{self.name}: expected --input link with --trace, found --input {source}")
        return replace(
            self,
            least=least,
            trace=options.trace,
            clock=clock,
            source=source,
            allow_timing_failure=options.allow_timing_failure,
            clock_is_chosen=options.clock is not None,
        )

    def suited(self, graph: Graph) -> Target:
        """With the best of the clocks at which the samples come in: one that is met by most designs, if it will do."""
        if self.clock_is_chosen:
            return self
        able = [clock for clock in self.clocks if replace(self, clock=clock).takes_samples(graph)] or list(self.clocks)
        usual = [clock for clock in able if clock <= self.clock] or able
        for some, least in ((usual, self.least), (able, ENERGY)):  # a faster one than is needed may not be met
            with contextlib.suppress(BuildError):
                return replace(self, clock=best_clock(graph, some, self.fabric, least))
        return replace(self, clock=max(able))

    def takes_samples(self, graph: Graph) -> bool:
        """True if the serial line, or the amplifier chip's, carries all samples in time."""
        if self.source == "spi":
            return not self._too_slow_a_chip(graph)
        return self.baud(graph) >= self._need(graph)

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
        return lines + self._too_slow_a_chip(graph) + super().unsupported(graph)

    def _too_slow_a_chip(self, graph: Graph) -> list[str]:
        if self.source != "spi":
            return []
        channels, most = graph.input[1].size, CHIP_CHANNELS
        spi = self.spi(graph)
        commands = spi["SPI_PERIOD"] // ((CHIP_HALVES + spi["SPI_REST"]) * spi["SPI_HALF"])
        most = min(most, commands - 2)  # the chip answers two commands later
        line = f"input {graph.input[0]}: expected {most} channels at most, which an amplifier chip sends in a sample's "
        return [f"{line}time, found {channels}; a lower sampling frequency helps"] if channels > most else []

    def emit(self, graph: Graph, out: Path) -> None:
        if lines := self.unsupported(graph):
            raise BuildError("; ".join(lines))
        emit_model(graph, out, self.budget(graph), stock=self.stock(), fabric=self.fabric, taps=self.trace)
        for folder in ("common", self.folder):
            for source in sorted(share("hw", "boards", folder).iterdir()):
                shutil.copyfile(source, out / source.name)
        if self.trace:
            (out / "board.v").write_text(f"`define TRACED\n{(out / 'board.v').read_text()}")
        copy_cells(out)
        if self.source == "link":
            (out / "hello.hex").write_text(link.hello_text(graph, self.name, self.clock, self.trace))
            made = {"clock": self.clock, "parameters": self.parameters(graph)}
            (out / link.BOARD_FILE).write_text(json.dumps(made))

    def simulation(self, graph: Graph, out: Path, work: Path) -> Simulation:
        return Simulation("rtl", self.name, tuple(build_bridge(graph, out, work)), 0, b"\n")

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        """A bitstream: area and Fmax as the tools count them, the serial line, besides what Rtl.build measures.

        mac_utilisation: the part of all cycles in which the busiest engine's multipliers make products that count.
        """
        timing = super().build(graph, out)
        pins, parameters = f"{self.folder}.{self.device.family.pins}", self.parameters(graph)
        costs = implement(out, pins, self.device, self.clock, parameters, self.allow_timing_failure)
        made, budget = fold(graph, self.budget(graph), self.fabric), self.budget(graph)
        _, utilisation = busiest(graph, {name: one for name, one in made.items() if multiplies(one)}, budget)
        utilisation = round(utilisation, 3) if costs["dsp"] else 0.0  # tools make products of a bit or two of LUTs
        return {**timing, **costs, "mac_utilisation": utilisation, **self._link(graph)}

    def parameters(self, graph: Graph) -> dict[str, int]:
        """The parameters of module top."""
        events = graph.streams[graph.outputs[0]]
        return {
            "CHANNELS": graph.input[1].size,
            "UNITS": events.size,
            "SCORE_BITS": events.dtype.bits,
            "DIVIDE": round(self.clock / self.baud(graph)),
            "PULSE": round(self.clock * PULSE),
            **({"PLL": 0} if self.clock == self.crystal else {"PLL": 1, **self.pll(self.crystal, self.clock)}),
            **(self.spi(graph) if self.source == "spi" else {"SPI": 0}),
            **(link.parameters(graph, self.name, self.clock, self.trace) if self.source == "link" else {}),
        }

    def spi(self, graph: Graph) -> dict[str, int]:
        """What es_spi_adc needs to know: times in cycles of the clock, SPI_REST in halves of SCLK's period."""
        half = _cycles(self.clock, CHIP_HALF)
        command = max(_cycles(self.clock, CHIP_COMMAND), CHIP_HALVES * half + _cycles(self.clock, CHIP_REST))
        rest = ceil(command / half) - CHIP_HALVES
        period = ceil(self.clock / graph.sampling_frequency)
        return {"SPI": 1, "SPI_HALF": half, "SPI_REST": rest, "SPI_PERIOD": period}

    def baud(self, graph: Graph) -> float:
        """The lowest rate of the serial line, in bits a second, that carries the samples; else the highest."""
        possible = [baud for baud in self.bauds if _divides(self.clock, baud)]
        return next((baud for baud in possible if baud >= self._need(graph)), possible[-1])

    def _need(self, graph: Graph) -> float:
        """Bits a second on the serial line."""
        return graph.sampling_frequency * graph.input[1].size * self._bits()

    def _bits(self) -> float:
        """Of a sample on the serial line, with its share of the link's messages."""
        return BITS_A_SAMPLE * (link.ROOM if self.source == "link" else 1.0)

    def _link(self, graph: Graph) -> dict[str, Any]:
        """How samples come in. link_sampling_frequency: the highest in Hz; the amplifier chip's is the one it has."""
        baud, sampled = self.baud(graph), self.clock / ceil(self.clock / graph.sampling_frequency)
        carried = baud / self._bits() / graph.input[1].size
        rate = round(sampled if self.source == "spi" else carried)
        return {"link_input": self.source, "link_baud": round(baud), "link_sampling_frequency": rate}

    def measure(self, graph: Graph, out: Path, frames: Array, options: Options = DEFAULTS) -> dict[str, Any]:
        """An estimate of the power, from the netlist's switching on the first of these frames."""
        if self.figures is None:
            return {"power_mw_estimate": None, "power_estimate_sources": [f"none: {self.name}: no figures are known"]}
        figures = replace(self.figures, pll=0.0) if self.clock == self.crystal else self.figures
        models, arguments = self.device.family.simulation()
        with tempfile.TemporaryDirectory() as folder:
            bench = activity_bench(Path(folder), out / "netlist.v", models, self.kinds, graph, arguments)
            count = min(POWER_FRAMES, max(graph.cycle, POWER_CYCLES // self.budget(graph)))
            return estimate(graph, bench.run(frames[:count], self.budget(graph)), self.clock, figures)

    def flash(self, out: Path) -> list[str]:
        image = out / self.device.family.bitstream
        if not image.is_file():
            raise BuildError(f"{image}: expected the bitstream, found none; compile again")
        for program, *arguments in self.writers:
            if found := shutil.which(program):
                return [found, *arguments, str(image)]
        names = " or ".join(program for program, *_ in self.writers)
        raise ToolMissing(f"{names}: expected it on PATH to write to {self.name}, found none; {GET}")

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        netlist = partial(run_netlist, graph, out, self.device.family)
        return *super().executors(graph, out), Executor("netlist", 0.2, netlist)


GET = "apt install openfpgaloader"


def _cycles(clock: float, seconds: float) -> int:
    """Whole clock cycles of this time at least. The data sheet's times are rounded to 0.1 ns, so are these."""
    return max(1, ceil(clock * (seconds - 0.05e-9)))


def _divides(clock: float, baud: float) -> bool:
    divide = round(clock / baud)
    return divide >= LEAST_DIVIDE and abs(clock / divide / baud - 1) < 0.01


def _mhz(*values: float) -> tuple[float, ...]:
    return tuple(value * 1e6 for value in values)


ICEBREAKER = Board(
    "icebreaker",
    "iCE40UP5K on an iCEBreaker: RTL to bitstream",
    24e6,
    ice40.UP5K_FABRIC,
    folder="icebreaker",
    device=ice40.UP5K,
    crystal=12e6,
    pll=ice40.pll,
    clocks=_mhz(12, 18, 20.25, 21, 22.5, 24, 27, 30, 33, 36, 39, 42, 45, 48),
    bauds=_mhz(0.75, 1, 2, 3, 4, 6),
    writers=(("iceprog",), ("openFPGALoader", "-b", "ice40_generic", "--write-flash")),
    kinds=activity.ICE40,
    figures=ICE40_UP5K,
)
ULX3S = Board(
    "ulx3s",
    "ECP5-25F on a ULX3S: RTL to bitstream",
    25e6,
    ecp5.fabric(ecp5.LFE5U_25F),
    folder="ulx3s",
    device=ecp5.LFE5U_25F,
    crystal=25e6,
    pll=ecp5.pll,
    clocks=_mhz(10, 15, 20, 25, 30, 35, 40, 50, 62.5, 75, 87.5, 100),
    bauds=_mhz(1, 2, 3),
    writers=(("openFPGALoader", "-b", "ulx3s", "--write-flash"),),
    kinds=activity.ECP5,
    figures=ECP5_25F,
)
ULX3S_85F = replace(
    ULX3S,
    name="ulx3s-85f",
    description="ECP5-85F on a ULX3S: RTL to bitstream",
    fabric=ecp5.fabric(ecp5.LFE5U_85F),
    device=ecp5.LFE5U_85F,
    figures=None,
)
FPGA_BOARDS = (ICEBREAKER, ULX3S, ULX3S_85F)
