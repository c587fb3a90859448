// y says whether the number a is greater than the number b, whatever their widths and signs.
`default_nettype none

module proof (
    input wire [2:0] a,
    input wire [4:0] b
);
    wire signed [31:0] a_signed = $signed(a), a_unsigned = {29'd0, a};
    wire signed [31:0] b_signed = $signed(b), b_unsigned = {27'd0, b};
    wire [3:0] y;
    es_exceeds #(.A_BITS(3), .A_SIGNED(0), .B_BITS(5), .B_SIGNED(0)) uu (.a_i(a), .b_i(b), .y_o(y[0]));
    es_exceeds #(.A_BITS(3), .A_SIGNED(0), .B_BITS(5), .B_SIGNED(1)) us (.a_i(a), .b_i(b), .y_o(y[1]));
    es_exceeds #(.A_BITS(3), .A_SIGNED(1), .B_BITS(5), .B_SIGNED(0)) su (.a_i(a), .b_i(b), .y_o(y[2]));
    es_exceeds #(.A_BITS(3), .A_SIGNED(1), .B_BITS(5), .B_SIGNED(1)) ss (.a_i(a), .b_i(b), .y_o(y[3]));

    always @(*) begin
        assert (y[0] == (a_unsigned > b_unsigned));
        assert (y[1] == (a_unsigned > b_signed));
        assert (y[2] == (a_signed > b_unsigned));
        assert (y[3] == (a_signed > b_signed));
    end
endmodule

`default_nettype wire
