// y, and 1 more for the code 3, is x times 0, 1, 2 or -1, modulo 2^BITS: for every x and every code.
`default_nettype none

module proof (
    input wire [4:0] x,
    input wire [1:0] code
);
    wire [4:0] y;
    es_digit #(.BITS(5)) dut (.x_i(x), .code_i(code), .y_o(y));

    wire [4:0] product = (code == 2'd0) ? 5'd0 : (code == 2'd1) ? x : (code == 2'd2) ? x + x : 5'd0 - x;
    wire [4:0] more    = (code == 2'd3) ? 5'd1 : 5'd0;
    wire [4:0] found   = y + more;
    always @(*) assert (found == product);
endmodule

`default_nettype wire
