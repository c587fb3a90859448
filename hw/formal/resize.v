// The number stays the same in more bits, of either sign; in fewer bits the low ones stay.
`default_nettype none

module proof (
    input wire [3:0] x
);
    wire [6:0] plus, minus;
    wire [2:0] cut;
    es_resize #(.X_BITS(4), .X_SIGNED(0), .Y_BITS(7)) unsigned_x (.x_i(x), .y_o(plus));
    es_resize #(.X_BITS(4), .X_SIGNED(1), .Y_BITS(7)) signed_x (.x_i(x), .y_o(minus));
    es_resize #(.X_BITS(4), .X_SIGNED(1), .Y_BITS(3)) dut (.x_i(x), .y_o(cut));

    wire signed [31:0] is = $signed(x);
    wire signed [31:0] was = $signed(minus);
    always @(*) begin
        assert (plus == x);
        assert (was == is);
        assert (cut == x[2:0]);
    end
endmodule

`default_nettype wire
