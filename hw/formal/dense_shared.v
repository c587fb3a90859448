// It asks only with a whole line and a place for a sum; told to go, it steps once a cycle over the inputs, and marks the
// last; each sum that it is given is sent once, with the next bias, and stays until it is taken; a line makes as many
// as it has outputs, and then the next is taken. The engine is any that gives a sum two cycles after the last step.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire       y_ready,
    input wire       grant,
    input wire [4:0] sum
);
    wire x_ready, y_valid, ask, step, last;
    wire [3:0] y_data;
    wire [2:0] x;
    wire [4:0] w;
    wire go = grant & ask & there;
    reg ended, done;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_dense_shared #(
        .X_BITS(2), .X_SIGNED(0), .WEIGHT_BITS(4), .Y_BITS(4), .INPUTS(2), .OUTPUTS(3), .OPERAND_BITS(3),
        .FACTOR_BITS(5), .SUM_BITS(5), .WEIGHT_FILE("words.hex"), .BIAS_FILE("words.hex")
    ) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data), .ask_o(ask), .go_i(go), .step_o(step),
        .last_o(last), .x_o(x), .w_o(w), .done_i(done), .sum_i(sum)
    );
    check_stays #(.BITS(4)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data)
    );

    reg there;
    initial there = 1'b0;
    reg [1:0] held;      // beats of the line that are there
    reg [1:0] outputs;   // of the line that are begun
    reg second;          // of its two steps
    reg owed, full;      // a sum is in the making, is at y
    reg [3:0] y;
    reg [11:0] biases;   // the next one lowest
    wire line_done = last & outputs == 2'd3 | go & last & outputs == 2'd2;
    always @(posedge clk_i) begin
        there <= rst_ni;
        if (!rst_ni) begin
            {held, outputs, second, owed, full, ended, done} <= 9'd0;
            biases <= 12'ha5c;
        end else begin
            held    <= line_done ? 2'd0 : held + (x_valid & x_ready);
            outputs <= line_done ? 2'd0 : outputs + go;
            second  <= step & ~second;
            ended   <= last;
            done    <= ended;
            owed    <= go | (owed & ~done);
            full    <= done | (full & ~y_ready);
            if (done) y <= sum[3:0] + biases[3:0];
            if (done) biases <= {biases[3:0], biases[11:4]};
        end
    end

    always @(*)
        if (rst_ni) begin
            assert (x_ready == (held != 2'd2));
            assert (ask == (held == 2'd2 & outputs != 2'd3 & ~owed & (~full | y_ready)));
            assert (step == (go | second));
            assert (last == second);
            assert (y_valid == full);
            if (full) assert (y_data == y);
            assert (~(done & full));
        end
endmodule

`default_nettype wire
