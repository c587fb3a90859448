// y = the words of a ROM one after the other, for ever: each step the next, the first one after the last.
//
// The next word is read while this one is in use. Latency: one cycle from a step to the next word, two after reset.
// Ranges: the file holds DEPTH words, DEPTH of 1 or more.
`default_nettype none

module es_rom_loop #(
    parameter BITS  = 8,
    parameter DEPTH = 4,
    parameter FILE  = "",
    parameter [1:0] STYLE = 0
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            step_i,
    output wire [BITS-1:0] y_o
);
    localparam A = (DEPTH > 1) ? $clog2(DEPTH) : 1;

    reg there;
    wire read = step_i | ~there;
    wire [A-1:0] at;
    wire unused_last;
    always @(posedge clk_i) there <= rst_ni;
    es_count #(.N(DEPTH)) next (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(read), .at_o(at), .last_o(unused_last)
    );
    es_rom #(.BITS(BITS), .DEPTH(DEPTH), .ADDRESS(A), .FILE(FILE), .STYLE(STYLE)) words (
        .clk_i(clk_i), .re_i(read), .raddr_i(at), .rdata_o(y_o)
    );
endmodule

`default_nettype wire
