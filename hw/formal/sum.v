// y is the sum of what was added since the last clear, modulo 2^BITS.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       clear,
    input wire       add,
    input wire [3:0] x
);
    wire [3:0] y;
    es_sum #(.BITS(4)) dut (.clk_i(clk_i), .clear_i(clear), .add_i(add), .x_i(x), .y_o(y));

    reg cleared;
    initial cleared = 1'b0;
    reg [3:0] sum;
    always @(posedge clk_i)
        if (clear) {cleared, sum} <= {1'b1, 4'd0};
        else if (add) sum <= sum + x;

    always @(*) if (cleared) assert (y == sum);
endmodule

`default_nettype wire
