// y <= start, or y <= y + x * w: one multiply-accumulate, which Yosys puts into one SB_MAC16 if x and w have 16 bits
// at most and y 32. w is signed; the sum is taken modulo 2^Y_BITS.
//
// Latency: one cycle. Ranges: load_i and add_i not in the same cycle.
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

    wire signed [XS-1:0] x;
    wire signed [XS+W_BITS-1:0] product = x * $signed(w_i);
    wire [Y_BITS-1:0] addend;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(XS)) sign (.x_i(x_i), .y_o(x));
    es_resize #(.X_BITS(XS + W_BITS), .X_SIGNED(1), .Y_BITS(Y_BITS)) extend (.x_i(product), .y_o(addend));

    always @(posedge clk_i)
        if (load_i) y_o <= start_i;
        else if (add_i) y_o <= y_o + addend;
endmodule

`default_nettype wire
