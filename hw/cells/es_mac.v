// y <= start, or y <= y + x * w: one multiply-accumulate. w is signed; the sum is taken modulo 2^Y_BITS.
//
// With the macro ES_MAC16 Yosys puts all of it into one SB_MAC16, register included, if x and w have 16 bits at most and
// y 32.
// Latency: one cycle. Ranges: load_i wins over add_i.
`default_nettype none

module es_mac #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter W_BITS   = 8,
    parameter Y_BITS   = 24
) (
    input  wire              clk_i,
    input  wire              load_i,
    input  wire              add_i,
    input  wire [Y_BITS-1:0] start_i,
    input  wire [X_BITS-1:0] x_i,
    input  wire [W_BITS-1:0] w_i,
    output reg  [Y_BITS-1:0] y_o
);
    localparam XS = (X_SIGNED != 0) ? X_BITS : X_BITS + 1;  // an unsigned x gets a sign bit of 0

    wire [XS-1:0] x;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(XS)) sign (.x_i(x_i), .y_o(x));
`ifdef ES_MAC16
    wire [XS-1:0] operand = x & {XS{add_i}};  // holding is adding 0: the register in the SB_MAC16 has no other way here
    wire add = 1'b1;
`else
    wire [XS-1:0] operand = x;  // straight into the multiplier, whose way to the sum is the longest
    wire add = add_i;
`endif
    wire signed [XS+W_BITS-1:0] product = $signed(operand) * $signed(w_i);

    // Signed operands of their own widths: Yosys finds the accumulator in this form only.
    /* verilator lint_off WIDTH */
    always @(posedge clk_i)
        if (load_i) y_o <= start_i;
        else if (add) y_o <= $signed(y_o) + product;
    /* verilator lint_on WIDTH */
endmodule

`default_nettype wire
