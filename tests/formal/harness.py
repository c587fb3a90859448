"""The module that a solver reads: an op's cell, free inputs, and the checkers of hw/formal around it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Op, Stream
from edgesort.targets.verilog.cells import Cell, choices
from edgesort.targets.verilog.cells.linear import SHARED
from tests.formal.flow import Flow, flow

COUNT = 8  # bits of a beat's number in check_flow


@dataclass(frozen=True)
class Instance:
    """A cell of hw/cells, one of those that the compiler makes for `op` on `xs`."""

    op: Op
    xs: tuple[Stream, ...]
    cell: Cell

    @property
    def y(self) -> Stream:
        return self.op.infer(*self.xs)

    @property
    def ports(self) -> tuple[str, ...]:
        return tuple(f"x{k}" for k in range(len(self.xs))) if len(self.xs) > 1 else ("x",)

    def roms(self) -> dict[str, str]:
        """Name and text of each file of constants."""
        return {f"{rom.parameter.lower()}.hex": rom.text() for rom in self.cell.roms}

    def text(self, name: str, wires: str) -> str:
        """The instance; the wires of its port p are <wires><p>_valid, _ready and _data."""
        files = [(rom.parameter, f'"{rom.parameter.lower()}.hex"') for rom in self.cell.roms]
        parameters = ", ".join(f".{key}({value})" for key, value in (*self.cell.parameters, *files))
        links = [".clk_i(clk_i), .rst_ni(rst_ni)"]
        for port in self.ports:
            w = wires + port
            links.append(f".{port}_valid_i({w}_valid), .{port}_ready_o({w}_ready), .{port}_data_i({w}_data)")
        links.append(f".y_valid_o({wires}y_valid), .y_ready_i({wires}y_ready), .y_data_o({wires}y_data)")
        return f"    es_{self.op.kind} #({parameters}) {name} (\n        " + ",\n        ".join(links) + "\n    );\n"


def instances(op: Op, *xs: Stream) -> list[Instance]:
    """All that the op can be folded to."""
    return [Instance(op, xs, cell) for cell in choices(op, *xs, op.infer(*xs)) if cell.engine != SHARED]


def flow_text(one: Instance, patience: int) -> str:
    """A proof that the cell keeps to the handshake and takes and sends what its op says, whatever waits."""
    return _around(one, _flow(flow(one.op, one.xs, one.y), one.ports, patience))


def moves_text(one: Instance, frames: int) -> str:
    """A proof that each beat of y is the beat of x that the op says, for `frames` frames of x."""
    return _around(one, _moves(one, frames))


def _around(one: Instance, checker: str) -> str:
    inputs = ["clk_i", "rst_ni", "y_ready", *(f"{port}_valid" for port in one.ports)]
    widths = {port: x.dtype.bits for port, x in zip(one.ports, one.xs, strict=True)}
    head = ["input wire " + name for name in inputs]
    head += [f"input wire [{bits - 1}:0] {port}_data" for port, bits in widths.items()]
    lines = [f"module proof (\n    {', '.join(head)}\n);\n"]
    lines += [f"    wire {port}_ready;\n" for port in one.ports]
    lines.append(f"    wire y_valid;\n    wire [{one.y.dtype.bits - 1}:0] y_data;\n{_reset(0)}{one.text('dut', '')}")
    lines += [_stays(port, bits, assumed=True) for port, bits in widths.items()]
    lines += [_stays("y", one.y.dtype.bits, assumed=False), checker]
    return "".join(lines) + "endmodule\n"


def stalls_text(one: Instance, rounds: int) -> str:
    """A proof that the cell sends the same whatever waits: for the first `rounds` rounds of its flow."""
    takes = flow(one.op, one.xs, one.y).takes
    free = ", ".join(f"input wire {port}_free" for port in one.ports)
    lines = [f"module proof (input wire clk_i, input wire rst_ni, input wire y_free, {free});\n{_reset(1)}"]
    for port, x, count in zip(one.ports, one.xs, takes, strict=True):
        lines += [_wires(f"{copy}_{port}", x.dtype.bits) for copy in COPIES]
        links = ", ".join(
            f".{copy}_valid_o({copy}_{port}_valid), .{copy}_ready_i({copy}_{port}_ready), "
            f".{copy}_data_o({copy}_{port}_data)"
            for copy in COPIES
        )
        lines.append(
            f"    stall_source #(.BITS({x.dtype.bits}), .COUNT({count * rounds})) {port}_source (\n"
            f"        .clk_i(clk_i), .rst_ni(rst_ni), .free_i({port}_free), {links}\n    );\n"
        )
    bits = one.y.dtype.bits
    for copy in COPIES:
        lines += [_wires(f"{copy}_y", bits), one.text(copy, f"{copy}_")]
    sends = ", ".join(f".{c}_sends_i({c}_y_valid & {c}_y_ready), .{c}_data_i({c}_y_data)" for c in COPIES)
    lines.append("    assign fast_y_ready = 1'b1;\n    assign slow_y_ready = y_free;\n")
    lines.append(f"    check_same #(.BITS({bits})) same (.clk_i(clk_i), .rst_ni(rst_ni), {sends});\n")
    return "".join(lines) + "endmodule\n"


COPIES = ("fast", "slow")


def _reset(once: int) -> str:
    return f"    reset_first #(.ONCE({once})) first (.clk_i(clk_i), .rst_ni(rst_ni));\n"


def _moves(one: Instance, frames: int) -> str:
    """Where each beat of y comes from: what the op makes of frames whose elements are their own numbers."""
    (x,) = one.xs
    source = np.arange(1, frames * x.size + 1).reshape(frames, *x.shape)
    steps: list[Array | None] = list(source)
    if one.y.period < x.period:
        steps = [step for frame in source for step in (*[None] * (x.period // one.y.period - 1), frame)]
    state, sent = one.op.initial_state(x), []
    for step in steps:
        state, y = one.op.step(state, step)
        sent += [] if y is None else [int(value) for value in np.ravel(y)]
    return (
        f"    check_moves #(.BITS({x.dtype.bits}), .W({COUNT}), .TAKES({source.size}), .SENDS({len(sent)}), "
        f".FROM({_counts(sent)})) moves (\n        .clk_i(clk_i), .rst_ni(rst_ni),\n"
        "        .x_valid_i(x_valid), .x_ready_i(x_ready), .x_data_i(x_data),\n"
        "        .y_valid_i(y_valid), .y_ready_i(y_ready), .y_data_i(y_data)\n    );\n"
    )


def _wires(stream: str, bits: int) -> str:
    return f"    wire {stream}_valid, {stream}_ready;\n    wire [{bits - 1}:0] {stream}_data;\n"


def _stays(port: str, bits: int, assumed: bool) -> str:
    return (
        f"    check_stays #(.BITS({bits}), .ASSUMED({int(assumed)})) {port}_stays (.clk_i(clk_i), .rst_ni(rst_ni), "
        f".valid_i({port}_valid), .ready_i({port}_ready), .data_i({port}_data));\n"
    )


def _flow(of: Flow, ports: Sequence[str], patience: int) -> str:
    parameters = {
        "PORTS": len(ports),
        "W": COUNT,
        "TAKES": _counts(of.takes),
        "SENDS": len(of.needs),
        "NEEDS": _counts([need for row in of.needs for need in row]),
        "EARLY": int(of.sent is not None),
        "SENT": of.sent or 0,
        "JOINED": int(of.joined),
        "PATIENCE": patience,
    }
    together = {end: ", ".join(f"{port}_{end}" for port in reversed(ports)) for end in ("valid", "ready")}
    return (
        f"    check_flow #({', '.join(f'.{k}({v})' for k, v in parameters.items())}) flow (\n"
        f"        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i({{{together['valid']}}}), "
        f".x_ready_i({{{together['ready']}}}),\n        .y_valid_i(y_valid), .y_ready_i(y_ready)\n    );\n"
    )


def _counts(values: Sequence[int]) -> str:
    """A concatenation, the first value lowest."""
    return "{" + ", ".join(f"{COUNT}'d{value}" for value in reversed(values)) + "}"
