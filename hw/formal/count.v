// `at` is the number of steps since reset modulo N, never beyond N - 1; `last` marks N - 1, and nothing else.
`default_nettype none

module proof (
    input wire clk_i,
    input wire rst_ni,
    input wire step
);
    wire [1:0] at;
    wire last, single_at, single_last;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_count #(.N(3)) dut (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(step), .at_o(at), .last_o(last));
    es_count #(.N(1)) single (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(step), .at_o(single_at), .last_o(single_last));

    reg [2:0] turn;  // one-hot
    always @(posedge clk_i)
        if (!rst_ni) turn <= 3'b001;
        else if (step) turn <= {turn[1:0], turn[2]};

    reg was_reset;
    always @(posedge clk_i) was_reset <= 1'b1;
    initial was_reset = 1'b0;
    always @(*)
        if (was_reset) begin
            assert (turn == 3'b001 << at);
            assert (last == turn[2]);
            assert (single_last & ~single_at);
        end
endmodule

`default_nettype wire
