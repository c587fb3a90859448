"""A Graph as Verilog: model.v is one instance a node, named like the node; the cells are hand-written (hw/cells)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgesort.graph import Graph, Node
from edgesort.passes.flow import Port
from edgesort.passes.schedule import queues, waits
from edgesort.share import share
from edgesort.targets.verilog.beats import close, pace
from edgesort.targets.verilog.cells import Cell
from edgesort.targets.verilog.cells.grains import grains
from edgesort.targets.verilog.cells.memories import Memory, memories
from edgesort.targets.verilog.fold import UNKNOWN, Fabric, fold
from edgesort.targets.verilog.memory import ANY, Choice, Stock, Where, chosen
from edgesort.targets.verilog.sharing import ENGINE_WIRES, engine_text, layer_ports, shared
from edgesort.targets.verilog.taps import PORTS, tap_text, tapped

# Words that Verilog, or SystemVerilog as Verilator reads it, keeps for itself and that a network may use.
TAKEN = """
    alias always and assert assign assume before begin bind bins bit buf byte case cell chandle checker class clocking
    config const constraint context cover cross default design disable dist do edge else end endmodule enum event expect
    export extends extern final first_match for force foreach forever fork function generate genvar global if iff ifdef
    import incdir include initial inout input inside instance int integer interface intersect join large let liblist
    library local localparam logic longint macromodule matches medium modport module nand negedge new nexttime nor not
    null or output package packed parameter posedge primitive priority program property protected pull0 pull1 pure rand
    randc real ref reg release repeat restrict return scalared sequence shortint signed small soft solve specify static
    string strong struct super supply0 supply1 table tagged task this throughout time timeprecision timeunit tran tri
    type typedef union unique unsigned until use var vectored virtual void wait weak while wildcard wire with within wor
    xnor xor
""".split()  # noqa: SIM905
CELL = re.compile(r"\bes_\w+")
Taker = tuple[str, int]  # a node's name and which of its inputs, or an output port and 0
Wires = tuple[str, str, str]  # valid, ready and data
LEAST_DEPTH = 2  # of hw/cells/es_fifo.v, at a beat a cycle
ENDS = ("_valid", "_ready", "_data", "_queue")
SIGNALS = ("", *(s + end for s in ("", "_x0", "_x1", "_x2") for end in ENDS), "_valid_to", "_ready_to", "_fork")
TAPS = ("_tap", "_shown", "_made_valid", "_made_ready")


def identifiers(graph: Graph) -> dict[str, str]:
    """A Verilog identifier for the input and each node, such that no two of the wires named after them clash."""
    ids: dict[str, str] = {}
    used = set(ENGINE_WIRES)
    for name in graph.streams:
        word = re.sub(r"[^0-9A-Za-z_]", "_", name)
        word = word if word[:1].isalpha() else f"n_{word}"
        while word in TAKEN or any(word + signal in used for signal in (*SIGNALS, *TAPS)):
            word += "_"
        used.update(word + signal for signal in (*SIGNALS, *TAPS))
        ids[name] = word
    return ids


def emit_model(
    graph: Graph,
    out: Path,
    budget: int,
    module: str = "model",
    stock: Stock | None = None,
    fabric: Fabric = UNKNOWN,
    taps: bool = False,
) -> None:
    """Write <module>.v and its ROMs, in a folder <module>_rom, into `out`.

    budget: the cycles that one input frame may take. stock: of a device's RAMs, among which the memories are divided;
    the tools do that if None. fabric: what the device has to compute with. taps: it shows its nodes' values.
    """
    made = fold(graph, budget, fabric)
    ids = identifiers(graph)
    held = depths(graph, made, budget)
    styles = chosen(memories_of(graph, made, held), stock)
    (out / f"{module}.v").write_text(model_text(graph, made, held, styles, module, taps))
    rom_folder = out / f"{module}_rom"
    rom_folder.mkdir(exist_ok=True)
    for name, one in made.items():
        for rom in one.roms:
            (out / rom_file(module, ids[name], rom.parameter)).write_text(rom.text())


def depths(graph: Graph, made: Mapping[str, Cell], budget: int) -> dict[Port, int]:
    """Elements that each queue holds: what no dead-lock needs, and the frames that wait in a pipeline.

    If that holds up who fills them so that frames are too slow: all that comes while their readers wait.
    """
    least, more = queues(graph, grains(graph)), waits(graph, {name: one.cycles for name, one in made.items()}, budget)
    sizes = {(node.name, k): x.size for node in graph.nodes for k, x in enumerate(graph.ins(node))}
    some = {port: max(LEAST_DEPTH, least[port] + more[port] * sizes[port]) for port in least}
    if not some or not close(graph, made, budget) or pace(graph, made, some).cycles <= budget:
        return some
    return {port: max(some[port], held) for port, held in pace(graph, made, every=budget).held.items()}


def memories_of(graph: Graph, made: Mapping[str, Cell], held: Mapping[Port, int]) -> dict[Where, Memory]:
    """Every memory of the design: of each node that has a cell, in the order of its styles, and the queues."""
    found = {(n.name, one.name): one for n in graph.nodes if n.name in made for one in memories(n.op, made[n.name])}
    for (name, k), elements in held.items():
        bits = graph.streams[graph.node(name).inputs[k]].dtype.bits
        found[name, f"queue{k}"] = Memory(f"queue{k}", 1 << _address(elements), bits)
    return found


def copy_cells(out: Path) -> None:
    """Copy the hand-written cells that the Verilog in `out` names into it, and those that they name."""
    cells = {path.stem: path for path in share("hw", "cells").glob("*.v")}
    waiting = {name for path in out.glob("*.v") for name in CELL.findall(path.read_text())}
    copied: set[str] = set()
    while names := (waiting & cells.keys()) - copied:
        for name in names:
            shutil.copyfile(cells[name], out / f"{name}.v")
            waiting |= set(CELL.findall(cells[name].read_text()))
        copied |= names


def rom_file(module: str, instance: str, parameter: str) -> str:
    return f"{module}_rom/{instance}_{parameter.removesuffix('_FILE').lower()}.hex"


def output_ports(graph: Graph) -> dict[str, str]:
    """The port prefix of each output: y, or y0, y1, ... if there are several."""
    many = len(graph.outputs) > 1
    return {name: f"y{k}" if many else "y" for k, name in enumerate(graph.outputs)}


def model_text(
    graph: Graph,
    made: Mapping[str, Cell],
    held: Mapping[Port, int],
    styles: Mapping[Where, Choice],
    module: str = "model",
    taps: bool = False,
) -> str:
    """The module: an x stream in, one y stream an output, and between them one instance a node."""
    ids, takers, chain = identifiers(graph), _takers(graph), tapped(graph) if taps else []
    described = dict(line.strip().split(": ", 1) for line in graph.text().splitlines()[1 : 2 + len(graph.nodes)])

    def stream(name: str) -> str:
        word, bits = ids[name], graph.streams[name].dtype.bits
        before = ids[chain[chain.index(name) - 1]] if name in chain[1:] else None
        return f"    // {name}: {described[name]}\n    wire {word}_valid, {word}_ready;\n" + (
            f"    wire [{bits - 1}:0] {word}_data;\n{tap_text(graph, name, word, before) if name in chain else ''}"
            f"{_fork(word, len(takers[name]))}"
        )

    def made_by(name: str) -> Wires:
        """A stream as whoever makes it sees it."""
        word = ids[name]
        end = f"{word}_made" if name in chain else word
        return f"{end}_valid", f"{end}_ready", f"{word}_data"

    def taken(name: str, taker: Taker) -> Wires:
        """A stream as one of its takers sees it."""
        word, who = ids[name], takers[name]
        to = f"_to[{who.index(taker)}]" if len(who) > 1 else ""
        return f"{word}_valid{to}", f"{word}_ready{to}", f"{word}_data"

    (valid, ready, data), on_engine = made_by(graph.input[0]), list(shared(made))
    parts = [_header(graph, module, taps), stream(graph.input[0])]
    parts.append(f"    assign {valid} = x_valid_i;\n    assign x_ready_o = {ready};\n    assign {data} = x_data_i;\n")
    if on_engine:
        parts.append(engine_text([made[name] for name in on_engine]))
    for node in graph.nodes:
        word, inputs = ids[node.name], []
        parts.append(f"\n{stream(node.name)}")
        for k, name in enumerate(node.inputs):
            inputs.append(taken(name, (node.name, k)))
            if (node.name, k) in held:
                queue = f"{word}_x{k}"
                parts.append(
                    _queue(
                        queue,
                        graph.streams[name].dtype.bits,
                        held[node.name, k],
                        inputs[k],
                        styles[node.name, f"queue{k}"],
                    )
                )
                inputs[k] = f"{queue}_valid", f"{queue}_ready", f"{queue}_data"
        one = made[node.name]
        more = [layer_ports(one, on_engine.index(node.name))] if node.name in on_engine else []
        parts.append(_instance(node, word, one, module, inputs, made_by(node.name), _styles(node, one, styles), more))
    for output, port in output_ports(graph).items():
        valid, ready, data = taken(output, (port, 0))
        parts.append(f"\n    assign {port}_valid_o = {valid};\n    assign {ready} = {port}_ready_i;\n")
        parts.append(f"    assign {port}_data_o = {data};\n")
    parts += [f"\n    assign trace_o = {ids[chain[-1]]}_shown;\n"] if chain else []
    return "".join(parts) + "endmodule\n\n`default_nettype wire\n"


def _takers(graph: Graph) -> dict[str, list[Taker]]:
    """For each stream, who takes it: inputs of nodes, then output ports."""
    takers: dict[str, list[Taker]] = {name: [] for name in graph.streams}
    for node in graph.nodes:
        for k, name in enumerate(node.inputs):
            takers[name].append((node.name, k))
    for name, port in output_ports(graph).items():
        takers[name].append((port, 0))
    return takers


def _header(graph: Graph, module: str, taps: bool) -> str:
    ports = ["input  wire clk_i", "input  wire rst_ni", "input  wire x_valid_i", "output wire x_ready_o"]
    ports.append(f"input  wire [{graph.input[1].dtype.bits - 1}:0] x_data_i")
    for output, port in output_ports(graph).items():
        ports += [f"output wire {port}_valid_o", f"input  wire {port}_ready_i"]
        ports.append(f"output wire [{graph.streams[output].dtype.bits - 1}:0] {port}_data_o")
    ports += PORTS if taps else ()
    return (
        f"// {graph.name} at {graph.sampling_frequency:g} Hz, emitted by edgesort from graph {graph.digest()[:16]}.\n"
        "// One instance a node, named like it. Streams carry frames element by element, last axis fastest.\n"
        f"`default_nettype none\n\nmodule {module} (\n    " + ",\n    ".join(ports) + "\n);\n"
    )


def _fork(word: str, takers: int) -> str:
    if takers == 0:
        return f"    assign {word}_ready = 1'b1;  // nobody takes it\n"
    if takers == 1:
        return ""
    return (
        f"    wire [{takers - 1}:0] {word}_valid_to, {word}_ready_to;\n"
        f"    es_fork #(.N({takers})) {word}_fork (\n        .clk_i(clk_i), .rst_ni(rst_ni),\n"
        f"        .x_valid_i({word}_valid), .x_ready_o({word}_ready),\n"
        f"        .y_valid_o({word}_valid_to), .y_ready_i({word}_ready_to)\n    );\n"
    )


def _address(elements: int) -> int:
    """Address bits of a queue's RAM."""
    return max(1, (elements - 1).bit_length())


def _styles(node: Node, one: Cell, styles: Mapping[Where, Choice]) -> str | None:
    """The cell's STYLES: two bits a memory, the first one's lowest. None if the tool chooses."""
    digits = [styles[node.name, memory.name].style for memory in memories(node.op, one)]
    return "'b" + "_".join(f"{digit:02b}" for digit in reversed(digits)) if any(digits) else None


def _queue(word: str, bits: int, elements: int, x: Wires, made_of: Choice) -> str:
    """A queue of `elements` beats."""
    style = f", .STYLE({made_of.style})" if made_of.style != ANY else ""
    return (
        f"    wire {word}_valid, {word}_ready;\n    wire [{bits - 1}:0] {word}_data;\n"
        f"    es_fifo #(.BITS({bits}), .ADDRESS({_address(elements)}), .DEPTH({elements}){style}) {word}_queue (\n"
        f"        .clk_i(clk_i), .rst_ni(rst_ni),\n{_port('x', 'i', 'o', x)},\n"
        f"{_port('y', 'o', 'i', (f'{word}_valid', f'{word}_ready', f'{word}_data'))}\n    );\n"
    )


def _instance(
    node: Node,
    word: str,
    one: Cell,
    module: str,
    inputs: Sequence[Wires],
    y: Wires,
    styles: str | None,
    more: Sequence[str],
) -> str:
    """more: ports besides those of the streams."""
    files = [(rom.parameter, f'"{rom_file(module, word, rom.parameter)}"') for rom in one.roms]
    chosen_styles = [("STYLES", styles)] if styles else []
    parameters = ",\n".join(f"        .{name}({value})" for name, value in (*one.parameters, *files, *chosen_styles))
    ports = [_port(f"x{k}" if len(inputs) > 1 else "x", "i", "o", x) for k, x in enumerate(inputs)]
    ports += [_port("y", "o", "i", y), *more]
    return (
        f"    es_{node.op.kind}{'_shared' * bool(more)} #(\n{parameters}\n    ) {word} (\n"
        "        .clk_i(clk_i), .rst_ni(rst_ni),\n" + ",\n".join(ports) + "\n    );\n"
    )


def _port(port: str, forth: str, back: str, wires: Wires) -> str:
    valid, ready, data = wires
    return f"        .{port}_valid_{forth}({valid}), .{port}_ready_{back}({ready}), .{port}_data_{forth}({data})"
