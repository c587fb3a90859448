// y = 0, x, 2 x or ~x for the code 0, 1, 2 or 3: x times a digit of base 4, but for the 1 that makes ~x into -x.
//
// One LUT of four inputs a bit. Latency: none, combinational. Ranges: 2 x fits BITS.
`default_nettype none

module es_digit #(
    parameter BITS = 8
) (
    input  wire [BITS-1:0] x_i,
    input  wire [1:0]      code_i,
    output wire [BITS-1:0] y_o
);
    wire [BITS-1:0] twice = {x_i[BITS-2:0], 1'b0};
    assign y_o = code_i[1] ? (code_i[0] ? ~x_i : twice) : (x_i & {BITS{code_i[0]}});
endmodule

`default_nettype wire
