// y <= 0, or y <= (shift ? 4 y : y) + x * d: a multiply-accumulate without a multiplier, a digit of the weight a cycle.
//
// A weight is a number to the base 4 with the digits -1, 0, 1 and 2, which code_i states modulo 4. The sums of the
// products with the highest digits come first; the first addition of each lower digit takes four times the sum so far.
// Latency: one cycle. Ranges: sums are taken modulo 2^Y_BITS, Y_BITS of 3 or more; clear_i wins over add_i.
`default_nettype none

module es_mac_digit #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 24
) (
    input  wire              clk_i,
    input  wire              clear_i,
    input  wire              add_i,
    input  wire              shift_i,
    input  wire [X_BITS-1:0] x_i,
    input  wire [1:0]        code_i,
    output reg  [Y_BITS-1:0] y_o
);
    wire [Y_BITS-1:0] x, term;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) extend (.x_i(x_i), .y_o(x));
    es_digit #(.BITS(Y_BITS)) digit (.x_i(x), .code_i(code_i & {2{add_i}}), .y_o(term));

    wire minus = &code_i & add_i;
    wire [Y_BITS-1:0] so_far = shift_i ? {y_o[Y_BITS-3:0], 2'b00} : y_o;
    always @(posedge clk_i)
        if (clear_i) y_o <= {Y_BITS{1'b0}};
        else y_o <= so_far + term + {{(Y_BITS-1){1'b0}}, minus};
endmodule

`default_nettype wire
