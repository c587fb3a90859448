// A memory of constants, read from a file of hexadecimal words.
//
// STYLE says what it is made of: 0 as the tool likes, 1 block RAM, 2 logic.
// Latency: a read takes one cycle; its result stays while re_i is low. Ranges: the file holds DEPTH words.
`default_nettype none

module es_rom #(
    parameter BITS    = 8,
    parameter DEPTH   = 256,
    parameter ADDRESS = 8, // address bits, clog2(DEPTH) or more
    parameter STYLE   = 0,
    parameter FILE    = ""
) (
    input  wire               clk_i,
    input  wire               re_i,
    input  wire [ADDRESS-1:0] raddr_i,
    output reg  [BITS-1:0]    rdata_o
);
    /* verilator lint_off UNUSEDPARAM */
    localparam MADE_OF = (STYLE == 1) ? "block" : (STYLE == 2) ? "logic" : "auto";
    /* verilator lint_on UNUSEDPARAM */
    (* rom_style = MADE_OF *)
    reg [BITS-1:0] memory [0:DEPTH-1];
    initial $readmemh(FILE, memory);

    always @(posedge clk_i) if (re_i) rdata_o <= memory[raddr_i];
endmodule

`default_nettype wire
