"""Switching activity of a netlist: what its cells do, counted in the simulation of the netlist itself.

The simulation has no delays: glitches are not seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.sim import Design, Run, build_bench, run_bench

CELL = re.compile(r"^  (\w+) (?:#\(.*?\n  \) )?(?:\\\S+|\w+) +\(\n(.*?)\n  \);", re.DOTALL | re.MULTILINE)
PORT = re.compile(r"^    \.(\w+)\((.*)\),?$", re.MULTILINE)
TOGGLES, CHANGES, HIGH = range(3)
APART = ",\n    "  # Verilator takes 40,000 words a line


@dataclass(frozen=True)
class Kind:
    """Cells of one kind, by a pattern, and their ports that are looked at.

    how: TOGGLES counts bits that change, CHANGES cycles in which any does, HIGH cycles in which all of `ports` are 1.
    """

    part: str
    cell: str
    ports: tuple[str, ...]
    how: int


ICE40 = (
    Kind("lut", r"SB_LUT4", ("O",), TOGGLES),
    Kind("ff", r"SB_DFF\w*", ("Q",), TOGGLES),
    Kind("ebr", r"SB_RAM40_4K\w*", ("RE", "RCLKE"), HIGH),
    Kind("ebr", r"SB_RAM40_4K\w*", ("WE", "WCLKE"), HIGH),
    Kind("spram", r"SB_SPRAM256KA", ("CHIPSELECT",), HIGH),
    Kind("dsp", r"SB_MAC16", ("A", "B"), CHANGES),
)
ECP5 = (
    Kind("lut", r"LUT4|PFUMX|L6MUX21", ("Z",), TOGGLES),
    Kind("lut", r"CCU2C", ("S0", "S1"), TOGGLES),
    Kind("lut", r"TRELLIS_DPR16X4", ("DO",), TOGGLES),
    Kind("ff", r"TRELLIS_FF", ("Q",), TOGGLES),
    Kind("ebr", r"DP16KD|PDPW16KD", ("CEA",), HIGH),
    Kind("ebr", r"DP16KD|PDPW16KD", ("CEB",), HIGH),
    Kind("dsp", r"MULT18X18D", tuple(f"{side}{bit}" for side in "AB" for bit in range(18)), CHANGES),
)


@dataclass(frozen=True)
class Activity:
    """Counts over `cycles`: toggles of lut and ff outputs, accesses of ebr and spram, operations of dsp.

    clocked: flip-flops there are.
    """

    clocked: int
    cycles: int
    lut: int
    ff: int
    ebr: int
    spram: int
    dsp: int

    def a_cycle(self, part: str) -> float:
        return float(getattr(self, part)) / self.cycles


PARTS = ("lut", "ff", "ebr", "spram", "dsp")


def counted(netlist: str, kinds: Sequence[Kind], start: str = "x_valid_i & x_ready_o") -> str:
    """The netlist of one module with counters inside, which write the file `activity` when the simulation ends.

    start: the first cycle in which it is 1 is the first that counts. The clock is clk_i.
    """
    cells = [(cell, dict(PORT.findall(ports))) for cell, ports in CELL.findall(netlist)]
    lines = [CLOCKED.format(start=start)]
    sums: dict[str, list[str]] = {part: ["0"] for part in PARTS}
    for k, kind in enumerate(kinds):
        own = [ports for cell, ports in cells if re.fullmatch(kind.cell, cell)]
        seen = [[ports[port] for port in kind.ports if port in ports] for ports in own]
        if seen:
            lines.append(_counter(f"es_{k}", kind.how, seen))
            sums[kind.part].append(f"es_{k}")
    totals = ", ".join(" + ".join(sums[part]) for part in PARTS)
    lines.append(WRITTEN.format(form=" ".join(["%0d"] * (1 + len(PARTS))), totals=totals))
    body, end, rest = netlist.rpartition("endmodule")
    return body + "".join(lines) + end + rest


def _counter(name: str, how: int, seen: Sequence[Sequence[str]]) -> str:
    """A number `name` that grows by what happens in a cycle; `seen` holds the nets of each cell."""
    each = [f"{{{', '.join(nets)}}}" for nets in seen]
    if how == HIGH:
        ones = APART.join(f"&{nets}" for nets in each)
        return COUNTER.format(name=name, now="1'b0", found=f"$countones({{{ones}}})", bits=0)
    widths = [f"$bits({nets})" for nets in each]
    width, now = "\n    + ".join(widths), f"{{{APART.join(each)}}}"
    changed = f"{name}_now ^ {name}_was"
    if how == TOGGLES:
        return COUNTER.format(name=name, now=now, found=f"$countones({changed})", bits=f"{width} - 1")
    slices = [f"|({name}_xor[{' + '.join([*widths[k + 1 :], '0'])} +: {widths[k]}])" for k in range(len(each))]
    found = f"$countones({{{APART.join(slices)}}})"
    wires = f"  wire [{width} - 1:0] {name}_xor = {changed};\n"
    return COUNTER.format(name=name, now=now, found=found, bits=f"{width} - 1") + wires


CLOCKED = """
  reg es_on = 1'b0;
  longint unsigned es_cycles = 0;
  wire es_counts = es_on | ({start});
  always @(posedge clk_i) begin
    es_on <= es_counts;
    if (es_counts) es_cycles <= es_cycles + 1;
  end
"""
COUNTER = """
  longint unsigned {name} = 0;
  wire [{bits}:0] {name}_now = {now};
  reg [{bits}:0] {name}_was = 0;
  always @(posedge clk_i) begin
    {name}_was <= {name}_now;
    if (es_on) {name} <= {name} + 64'({found});
  end
"""
WRITTEN = """
  int es_file;
  final begin
    es_file = $fopen("activity", "w");
    $fdisplay(es_file, "{form}", es_cycles, {totals});
    $fclose(es_file);
  end
"""


@dataclass(frozen=True)
class Bench:
    """A netlist with its counters, simulated in `folder`."""

    folder: Path
    design: Design
    clocked: int

    def run(self, frames: Array, budget: int) -> Activity:
        """Activity while frames [T, *shape] come, one in `budget` cycles. BuildError if they do not pass."""
        run_bench(self.folder, [self.design], [frames], Run(pace=budget))
        return read_activity(self.folder / "activity", self.clocked)


def activity_bench(
    folder: Path,
    netlist: Path,
    models: Sequence[Path],
    kinds: Sequence[Kind],
    graph: Graph,
    arguments: Sequence[str] = (),
) -> Bench:
    """Verilate the module `model` of `netlist` with counters. models: those of the device's cells."""
    text, design = netlist.read_text(), Design("model", graph, inside=False)
    (folder / "counted.v").write_text(counted(text, kinds))
    build_bench(folder, [design], [folder / "counted.v", *models], 0, arguments)
    return Bench(folder, design, _clocked(text, kinds))


def _clocked(netlist: str, kinds: Sequence[Kind]) -> int:
    own = [kind.cell for kind in kinds if kind.part == "ff"]
    return sum(any(re.fullmatch(cell, found) for cell in own) for found, _ in CELL.findall(netlist))


def read_activity(path: Path, clocked: int) -> Activity:
    """What a simulation wrote; BuildError if it wrote nothing, or if nothing came. clocked: flip-flops there are."""
    numbers = [int(word) for word in path.read_text().split()] if path.is_file() else []
    if len(numbers) != 1 + len(PARTS) or not numbers[0]:
        raise BuildError(f"activity: expected counts of {len(PARTS)} kinds of cells over some cycles, found {numbers}")
    return Activity(clocked, *numbers)
