// A memory with one write port and one read port.
//
// Latency: a read takes one cycle; its result stays while re_i is low.
// Ranges: a read never meets a write to the same address in the same cycle (no_rw_check says so to Yosys),
// and the contents are undefined after configuration: whoever needs zeros writes them.
`default_nettype none

module es_ram #(
    parameter BITS    = 8,
    parameter ADDRESS = 8  // 2^ADDRESS words
) (
    input  wire               clk_i,
    input  wire               we_i,
    input  wire [ADDRESS-1:0] waddr_i,
    input  wire [BITS-1:0]    wdata_i,
    input  wire               re_i,
    input  wire [ADDRESS-1:0] raddr_i,
    output reg  [BITS-1:0]    rdata_o
);
    (* ram_style = "block", no_rw_check *)
    reg [BITS-1:0] memory [0:(1<<ADDRESS)-1];

    always @(posedge clk_i) begin
        if (we_i) memory[waddr_i] <= wdata_i;
        if (re_i) rdata_o <= memory[raddr_i];
    end
endmodule

`default_nettype wire
