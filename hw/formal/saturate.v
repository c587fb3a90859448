// y is x where x is in the range of y's type, the nearer end where it is not: for both signs.
`default_nettype none

module proof (
    input wire [6:0] x
);
    wire [3:0] y, z;
    es_saturate #(.X_BITS(7), .Y_BITS(4), .Y_SIGNED(1)) dut (.x_i(x), .y_o(y));
    es_saturate #(.X_BITS(7), .Y_BITS(4), .Y_SIGNED(0)) unsigned_y (.x_i(x), .y_o(z));

    wire signed [31:0] value = $signed(x);
    wire signed [31:0] found = $signed(y);
    wire signed [31:0] found_z = z;
    always @(*) begin
        assert (found == ((value > 7) ? 7 : (value < -8) ? -8 : value));
        assert (found_z == ((value > 15) ? 15 : (value < 0) ? 0 : value));
    end
endmodule

`default_nettype wire
