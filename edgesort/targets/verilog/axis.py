"""The model as an AXI4-Stream core, for designs around a vendor's interconnect: constants and wiring only."""

from __future__ import annotations

from edgesort.graph import Graph, Stream
from edgesort.targets.verilog.emit import output_ports

HEAD = """\
// {graph} as an AXI4-Stream core: elements of {x} in, {ys} out, each in whole bytes.
// TLAST ends a frame. error_o: TLAST came elsewhere in s_axis. Reset is low and synchronous, as AXI asks.
`default_nettype none

module model_axis (
    input  wire aclk,
    input  wire aresetn,
    input  wire s_axis_tvalid,
    output wire s_axis_tready,
    input  wire [{x_top}:0] s_axis_tdata,
    input  wire s_axis_tlast,
"""
PORTS = """\
    output wire {m}_tvalid,
    input  wire {m}_tready,
    output wire [{top}:0] {m}_tdata,
    output wire {m}_tlast,
"""
IN = """\
    output wire error_o
);
    wire x_valid, x_ready;
    wire [{bits}-1:0] x_data;
    es_axis_in #(.BYTES({bytes}), .BITS({bits}), .SIZE({size})) in (
        .clk_i(aclk), .rst_ni(aresetn),
        .x_tvalid_i(s_axis_tvalid), .x_tready_o(s_axis_tready), .x_tdata_i(s_axis_tdata), .x_tlast_i(s_axis_tlast),
        .y_valid_o(x_valid), .y_ready_i(x_ready), .y_data_o(x_data), .error_o(error_o)
    );
"""
OUT = """\
    wire {y}_valid, {y}_ready;
    wire [{bits}-1:0] {y}_data;
    es_axis_out #(.BITS({bits}), .SIGNED({signed}), .BYTES({bytes}), .SIZE({size})) out_{y} (
        .clk_i(aclk), .rst_ni(aresetn), .x_valid_i({y}_valid), .x_ready_o({y}_ready), .x_data_i({y}_data),
        .y_tvalid_o({m}_tvalid), .y_tready_i({m}_tready), .y_tdata_o({m}_tdata), .y_tlast_o({m}_tlast)
    );
"""
MODEL = """\
    model core (
        .clk_i(aclk), .rst_ni(aresetn),
        {streams}
    );
endmodule

`default_nettype wire
"""


def axis_text(graph: Graph) -> str:
    """Module model_axis around module model: s_axis, and m_axis, or m0_axis, m1_axis, ... if there are several."""
    name, x = graph.input
    outputs = [(port, f"m{port[1:]}_axis", graph.streams[y]) for y, port in output_ports(graph).items()]
    ys = ", ".join(f"{y} {graph.streams[y]}" for y in graph.outputs)
    ports = ["x", *(port for port, _, _ in outputs)]
    streams = [
        f".{p}_valid_{a}({p}_valid), .{p}_ready_{b}({p}_ready), .{p}_data_{a}({p}_data)"
        for p in ports
        for a, b in [("i", "o") if p == "x" else ("o", "i")]
    ]
    return "".join(
        [
            HEAD.format(graph=graph.name, x=f"{name} {x}", ys=ys, x_top=8 * _bytes(x) - 1),
            *(PORTS.format(m=m, top=8 * _bytes(y) - 1) for _, m, y in outputs),
            IN.format(bytes=_bytes(x), bits=x.dtype.bits, size=x.size),
            *(OUT.format(y=p, m=m, bytes=_bytes(y), **_numbers(y)) for p, m, y in outputs),
            MODEL.format(streams=",\n        ".join(streams)),
        ]
    )


def _bytes(stream: Stream) -> int:
    """Of TDATA: the fewest that hold an element and that interconnects take, a power of two."""
    return 1 << (-(-stream.dtype.bits // 8) - 1).bit_length()


def _numbers(stream: Stream) -> dict[str, int]:
    return {"bits": stream.dtype.bits, "signed": int(stream.dtype.signed), "size": stream.size}
