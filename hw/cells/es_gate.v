// y = floor(gate * x / 2^G), the gate an unsigned number of G bits that comes bit by bit, the lowest first.
//
// No multiplier: each step adds x if the bit is set and halves the sum. floor((floor(m / 2) + x) / 2) =
// floor((m + 2x) / 4), so halving at once gives the floor of the exact product.
// Latency: G steps after clear_i. Ranges: any G of 1 or more; x stays while the steps last.
`default_nettype none

module es_gate #(
    parameter BITS = 8
) (
    input  wire            clk_i,
    input  wire            clear_i,
    input  wire            step_i,
    input  wire            gate_i,  // the bit
    input  wire [BITS-1:0] x_i,     // signed
    output reg  [BITS-1:0] y_o
);
    wire [BITS:0] sum = {y_o[BITS-1], y_o} + ({x_i[BITS-1], x_i} & {(BITS+1){gate_i}});
    wire unused = sum[0];  // below the floor

    always @(posedge clk_i)
        if (clear_i) y_o <= {BITS{1'b0}};
        else if (step_i) y_o <= sum[BITS:1];
endmodule

`default_nettype wire
