// y is the constant of the element whose turn it is: the number of steps since reset modulo COUNT; of COUNT 1, the same
// one for ever.
`default_nettype none

module proof (
    input wire clk_i,
    input wire rst_ni,
    input wire step
);
    wire [3:0] y, one;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_constant #(.BITS(4), .COUNT(3), .VALUES({4'd9, 4'd4, 4'd7})) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step), .y_o(y)
    );
    es_constant #(.BITS(4), .COUNT(1), .VALUES(4'd5)) shared (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step), .y_o(one)
    );

    reg [11:0] turns;
    always @(posedge clk_i)
        if (!rst_ni) turns <= {4'd9, 4'd4, 4'd7};
        else if (step) turns <= {turns[3:0], turns[11:4]};

    always @(*)
        if (rst_ni) begin
            assert (y == turns[3:0]);
            assert (one == 4'd5);
        end
endmodule

`default_nettype wire
