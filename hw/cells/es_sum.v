// y <= 0, or y <= y + x: an accumulator, modulo 2^BITS.
//
// Latency: one cycle. Ranges: clear_i wins over add_i.
`default_nettype none

module es_sum #(
    parameter BITS = 24
) (
    input  wire            clk_i,
    input  wire            clear_i,
    input  wire            add_i,
    input  wire [BITS-1:0] x_i,
    output reg  [BITS-1:0] y_o
);
    always @(posedge clk_i)
        if (clear_i) y_o <= {BITS{1'b0}};
        else if (add_i) y_o <= y_o + x_i;
endmodule

`default_nettype wire
