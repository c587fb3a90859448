"""The examples of docs/link.md, byte by byte: what es_link_hear understands, what es_link_say and es_link_tx make."""

import struct

import numpy as np

from edgesort.hil.message import Kind, Message, pack
from edgesort.share import share
from tests.hil.examples import EXAMPLES
from tests.targets.test_verilog_icarus import tool

SESSION = 0x5EED0001
BENCH = """\
`timescale 1ns / 1ns
module bench;
    reg clk = 1'b0, rst_n = 1'b0;
    always #1 clk = ~clk;
    initial begin
        #10 rst_n = 1'b1;
        #{most} $fatal(1, "stuck");
    end

    reg [7:0] bytes [0:{count}-1];
    initial $readmemh("bytes.hex", bytes);
    integer at = 0, pause = 0;
    wire now = rst_n & pause == 12 & at < {count};
    wire we, keep, hello, restart, stats, choose, error;
    wire [31:0] session, expected, found;
    wire [15:0] where, data, next, node;
    wire [3:0] code;
    es_link_hear #(.CHANNELS(1), .MOST(512), .TRACE(8)) hear (
        .clk_i(clk), .rst_ni(rst_n), .byte_valid_i(now), .byte_data_i(bytes[at]), .full_i(1'b0),
        .session_o(session), .we_o(we), .at_o(where), .data_o(data), .keep_o(keep), .next_o(next),
        .hello_o(hello), .reset_o(restart), .stats_o(stats), .trace_o(choose), .node_o(node), .error_o(error),
        .deaf_o(), .code_o(code), .expected_o(expected), .found_o(found)
    );
    always @(posedge clk) begin
        pause <= (pause == 12) ? 0 : pause + 1;
        if (now) at <= at + 1;
        if (rst_n & we) $display("word %0d %0d", where, data);
        if (rst_n & keep) $display("keep");
        if (rst_n & hello) $display("hello");
        if (rst_n & restart) $display("reset %h", hear.word);
        if (rst_n & stats) $display("stats");
        if (rst_n & choose) $display("trace %0d", node);
        if (rst_n & error) $display("error %0d %0d %0d", code, expected, found);
    end

    // What is to be said, one after the other: EVENTS, TRACE, STATS, ERROR, HELLO.
    integer said = 0, part = 0;
    wire next_one, ended, read, value_read, valid, ready, last, out_valid;
    reg second;
    wire [2:0] kind;
    wire [7:0] letter, out;
    reg [15:0] words [0:3];
    initial {{words[3], words[2], words[1], words[0]}} = {{16'd4, 16'd77, 16'd0, 16'd1}};
    reg [15:0] word;
    es_link_say #(.HELLO_BYTES({hello}), .TRACE(8)) say (
        .clk_i(clk), .rst_ni(rst_n), .hello_i(said == 4), .error_i(said == 3), .stats_i(said == 2),
        .trace_i(said == 1), .events_i(said == 0), .said_o(), .kind_o(kind), .ended_o(ended),
        .session_i(32'h{session}), .taken_i(16'd1), .done_i(32'd3), .events_count_i(32'd1),
        .worst_i(32'd1234), .code_i(4'd2), .expected_i(32'h12345678),
        .found_i(32'h12345679), .waiting_i(5'd1), .take_o(), .read_o(read), .word_i(word),
        .node_i(16'd2), .offset_i(16'd0), .frame_i(32'd3), .value_read_o(value_read),
        .value_i(second ? 32'd5 : 32'hffffffff), .value_more_i(2'd0), .value_last_i(second),
        .y_valid_o(valid), .y_ready_i(ready), .y_data_o(letter), .y_last_o(last)
    );
    es_link_tx tx (
        .clk_i(clk), .rst_ni(rst_n), .drop_i(1'b0), .start_i(kind == 3'd1 ? 32'hffffffff : ~32'h{session}),
        .x_valid_i(valid), .x_ready_o(ready), .x_data_i(letter), .x_last_i(last),
        .y_valid_o(out_valid), .y_ready_i(1'b1), .y_data_o(out)
    );
    always @(posedge clk) begin
        if (read) word <= words[part % 4];
        if (read) part <= part + 1;
        if (!rst_n) second <= 1'b1;
        else if (value_read) second <= ~second;
        if (ended) said <= said + 1;
        if (rst_n & out_valid) $display("out %h", out);
        if (said > 4 & at == {count} & tx.state == 0 & pause == 11) $finish;
    end
endmodule
"""


def run(folder, sent, hello):
    """The lines that the bench prints."""
    (folder / "bytes.hex").write_text("".join(f"{byte:02x}\n" for byte in sent))
    (folder / "hello.hex").write_text("".join(f"{byte:02x}\n" for byte in hello))
    numbers = {"count": len(sent), "hello": len(hello), "session": f"{SESSION:08x}", "most": 100 * len(sent) + 20_000}
    (folder / "bench.v").write_text(BENCH.format(**numbers))
    cells = sorted(str(path) for path in share("hw", "cells").glob("es_*.v"))
    tool("iverilog", "-g2005", "-o", "bench", "-s", "bench", "bench.v", *cells, folder=folder)
    return tool("vvp", "-n", "bench", folder=folder).splitlines()


def words(message):
    """The lines that tell of a message's samples as they come."""
    return [f"word {k} {sample}" for k, sample in enumerate(np.frombuffer(message.payload[4:], "<u2"), start=2)]


def test_the_examples_of_the_specification(tmp_path):
    """130 frames of 1 have a first frame that nobody sent before it: read to the end, and refused for that alone."""
    host = {e.message.sequence if e.message.kind is Kind.FRAMES else e.what: e for e in EXAMPLES}
    begun, three, many = host["start session 5eed0001"].bytes, host[0], host[1]
    early, own = ([pack(Message(Kind.STATS, k), SESSION) for k in numbers] for numbers in ((0, 1), (1, 2)))
    sent = [host["who are you?"].bytes, begun, three.bytes, many.bytes]
    sent += [begun, three.bytes, own[0], host["all nodes, please"].bytes]
    sent += [begun, *early, host["all nodes, please"].bytes, begun, three.bytes, *own, host["how are you?"].bytes]
    example = next(e for e in EXAMPLES if e.what.startswith("an `example`")).message.payload
    hello = struct.pack("<BH", Kind.HELLO, 0) + example[:4] + bytes(4) + example[8:]
    lines = run(tmp_path, b"".join(sent), hello)
    taken = [f"reset {SESSION:08x}", *words(three.message), "word 0 0", "word 1 5", "keep"]
    (first,) = struct.unpack_from("<I", many.message.payload)
    expected = ["hello", *taken, *words(many.message), f"error 4 3 {first}"]
    expected += [*taken, "stats", "error 4 0 3", taken[0], "stats", "stats", "trace 65535"]
    expected += [*taken, "stats", "stats", "stats"]
    assert [line for line in lines if not line.startswith("out")] == expected
    said = bytes(int(line[4:], 16) for line in lines if line.startswith("out")).split(b"\0")
    owed = ["message 0 taken, 3 frames done", "node 2, frame 3", "3 frames, 1 event", "a wrong check", "an `example`"]
    made = [next(e.bytes for e in EXAMPLES if e.what.startswith(what))[:-1] for what in owed]
    assert said == [*made, b""]
