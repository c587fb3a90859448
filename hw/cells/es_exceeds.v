// y = a > b for numbers of unlike widths and signs.
//
// Latency: none, combinational. Ranges: any widths of 1 or more.
`default_nettype none

module es_exceeds #(
    parameter A_BITS   = 8,
    parameter A_SIGNED = 1,
    parameter B_BITS   = 8,
    parameter B_SIGNED = 1
) (
    input  wire [A_BITS-1:0] a_i,
    input  wire [B_BITS-1:0] b_i,
    output wire              y_o
);
    localparam W = ((A_BITS > B_BITS) ? A_BITS : B_BITS) + 1;

    wire [W-1:0] a, b;
    es_resize #(.X_BITS(A_BITS), .X_SIGNED(A_SIGNED), .Y_BITS(W)) extend_a (.x_i(a_i), .y_o(a));
    es_resize #(.X_BITS(B_BITS), .X_SIGNED(B_SIGNED), .Y_BITS(W)) extend_b (.x_i(b_i), .y_o(b));

    assign y_o = $signed(a) > $signed(b);
endmodule

`default_nettype wire
