// y = the word of a ROM at x: any function of one small integer.
//
// The ROM holds a word for each code of x, 0 to 2^X_BITS - 1: for a signed x the values from 0 on come first, then the
// negative ones. Latency: 1 cycle; one beat a cycle. Ranges: X_BITS of 1 to 12.
`default_nettype none

module es_table #(
    parameter X_BITS      = 8,
    parameter Y_BITS      = 8,
    parameter VALUES_FILE = "",
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    wire advance = ~y_valid_o | y_ready_i;
    wire taken   = x_valid_i & x_ready_o;
    assign x_ready_o = advance;

    es_rom #(.BITS(Y_BITS), .DEPTH(1 << X_BITS), .ADDRESS(X_BITS), .FILE(VALUES_FILE), .STYLE(STYLES)) values (
        .clk_i(clk_i), .re_i(taken), .raddr_i(x_data_i), .rdata_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) y_valid_o <= 1'b0;
        else if (advance) y_valid_o <= taken;
endmodule

`default_nettype wire
