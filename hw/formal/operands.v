// Each step is followed by the next element of the line, in its order, and the next word of weights, which stay until
// the next step; a line is there from its last beat to its last step, and none is taken meanwhile; first_o, last_o and
// rest_o mark the steps that they name. Three inputs in one group, and one in each of three.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire       go
);
    wire full, full_each, ready, ready_each, first, last, rest, first_each, last_each, rest_each;
    wire [1:0] x, x_each;
    wire [3:0] weight, weight_each;
    wire step = go & full;
    reset_first begins (.clk_i(clk_i), .rst_ni(rst_ni));
    es_operands #(
        .X_BITS(2), .WEIGHT_BITS(4), .INPUTS(3), .GROUPS(1), .BLOCKS(1), .WEIGHT_FILE("words.hex")
    ) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(ready), .x_data_i(x_data), .full_o(full),
        .step_i(step), .first_o(first), .last_o(last), .rest_o(rest), .x_o(x), .weight_o(weight)
    );
    es_operands #(
        .X_BITS(2), .WEIGHT_BITS(4), .INPUTS(1), .GROUPS(3), .BLOCKS(1), .WEIGHT_FILE("words.hex")
    ) each (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(ready_each), .x_data_i(x_data),
        .full_o(full_each), .step_i(step), .first_o(first_each), .last_o(last_each), .rest_o(rest_each),
        .x_o(x_each), .weight_o(weight_each)
    );

    reg [1:0] held;     // beats of the line that are there
    reg [1:0] steps;    // of it that were taken
    reg [5:0] line;     // the first beat lowest
    reg known;          // an operand was read since reset
    reg [1:0] operand;
    reg [3:0] word;
    wire taken = x_valid & ready;
    always @(posedge clk_i)
        if (!rst_ni) {held, steps, known} <= 5'd0;
        else begin
            held  <= (step & steps == 2'd2) ? 2'd0 : held + taken;
            steps <= step ? (steps == 2'd2 ? 2'd0 : steps + 2'd1) : steps;
            if (taken) line[2*held +: 2] <= x_data;
            if (step) known <= 1'b1;
            if (step) operand <= line[2*steps +: 2];
            if (step) word <= (steps == 2'd0) ? 4'hc : (steps == 2'd1) ? 4'h5 : 4'ha;
        end

    always @(*)
        if (rst_ni) begin
            assert (full == (held == 2'd3));
            assert (ready == (held != 2'd3));
            assert (full_each == full);
            assert (ready_each == ready);
            if (known) assert (x == operand && weight == word && x_each == operand && weight_each == word);
            assert (first == (steps == 2'd0));
            assert (last == (steps == 2'd2));
            assert (first_each & last_each & rest & rest_each);
        end
endmodule

`default_nettype wire
