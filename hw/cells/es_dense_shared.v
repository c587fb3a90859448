// y[o] = bias[o] + sum_i weight[o, i] * x[g(o) * INPUTS + i], with the multiplier of an es_engine that several layers
// share: a linear layer that has slack.
//
// Takes a line of GROUPS * INPUTS elements into RAM. Then ask_o says that it could compute an output: a sum has a place
// to wait. go_i begins one: a step a cycle from that cycle on, its operands a cycle later; done_i comes with the sum. So
// no layer holds the engine while it waits, and none waits for another one's y.
// The weight ROM holds a word per step, the bias ROM a word per output, in the order of use.
// Latency: from a line's last beat to the first output INPUTS + 3 cycles if the engine is free. Cycles a line, if it is
// and y never waits: max(2, GROUPS * INPUTS) + OUTPUTS * (INPUTS + 2) - 2.
// Ranges: OPERAND_BITS of X_BITS or more, one more if x is unsigned; Y_BITS of SUM_BITS at most.
`default_nettype none

module es_dense_shared #(
    parameter X_BITS       = 8,
    parameter X_SIGNED     = 1,
    parameter WEIGHT_BITS  = 8,
    parameter Y_BITS       = 24,
    parameter INPUTS       = 32, // per group
    parameter OUTPUTS      = 16, // of all groups
    parameter GROUPS       = 1,
    parameter BIASED       = 1,  // 0: every bias is 0
    parameter OPERAND_BITS = 9,  // of the engine, as the next two
    parameter FACTOR_BITS  = 8,
    parameter SUM_BITS     = 24,
    parameter WEIGHT_FILE  = "",
    parameter BIAS_FILE    = "",
    parameter [5:0] STYLES = 0   // STYLE of line, weights, biases: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o,
    output wire                    ask_o,
    input  wire                    go_i,
    output wire                    step_o,
    output wire                    last_o,
    output wire [OPERAND_BITS-1:0] x_o,
    output wire [FACTOR_BITS-1:0]  w_o,
    input  wire                    done_i,
    input  wire [SUM_BITS-1:0]     sum_i
);
    wire full, last, unused_first, unused_rest;
    wire [X_BITS-1:0] x;
    wire [WEIGHT_BITS-1:0] weight;
    reg steps;  // in the middle of an output
    reg owed;   // a sum is in the making
    assign step_o = go_i | steps;
    assign last_o = step_o & last;
    es_operands #(
        .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS), .INPUTS(INPUTS), .GROUPS(GROUPS), .BLOCKS(OUTPUTS / GROUPS),
        .WEIGHT_FILE(WEIGHT_FILE), .STYLES(STYLES[3:0])
    ) operands (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .full_o(full), .step_i(step_o), .first_o(unused_first), .last_o(last), .rest_o(unused_rest),
        .x_o(x), .weight_o(weight)
    );
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(OPERAND_BITS)) widen_x (.x_i(x), .y_o(x_o));
    es_resize #(.X_BITS(WEIGHT_BITS), .X_SIGNED(1), .Y_BITS(FACTOR_BITS)) widen_w (.x_i(weight), .y_o(w_o));

    wire [Y_BITS-1:0] bias;
    generate
        if (BIASED != 0) begin : biased
            es_rom_loop #(.BITS(Y_BITS), .DEPTH(OUTPUTS), .FILE(BIAS_FILE), .STYLE(STYLES[5:4])) biases (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done_i), .y_o(bias)
            );
        end else begin : bare
            assign bias = {Y_BITS{1'b0}};
        end
    endgenerate

    reg valid;
    reg [Y_BITS-1:0] y;
    wire [Y_BITS-1:0] sum;
    es_resize #(.X_BITS(SUM_BITS), .X_SIGNED(1), .Y_BITS(Y_BITS)) own_bits (.x_i(sum_i), .y_o(sum));
    assign ask_o     = full & ~owed & (~valid | y_ready_i);
    assign y_valid_o = valid;
    assign y_data_o  = y;
    always @(posedge clk_i) if (done_i) y <= sum + bias;
    always @(posedge clk_i)
        if (!rst_ni) begin
            steps <= 1'b0;
            owed  <= 1'b0;
            valid <= 1'b0;
        end else begin
            steps <= step_o & ~last;
            owed  <= go_i | (owed & ~done_i);
            valid <= done_i | (valid & ~y_ready_i);
        end
endmodule

`default_nettype wire
