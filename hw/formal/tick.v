// `last` marks every third step since reset, and nothing else.
`default_nettype none

module proof (
    input wire clk_i,
    input wire rst_ni,
    input wire step
);
    wire last;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_tick #(.N(3)) dut (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(step), .last_o(last));

    reg [2:0] turn;  // one-hot
    always @(posedge clk_i)
        if (!rst_ni) turn <= 3'b001;
        else if (step) turn <= {turn[1:0], turn[2]};

    always @(*) if (rst_ni) assert (last == turn[2]);
endmodule

`default_nettype wire
