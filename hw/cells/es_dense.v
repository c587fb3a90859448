// y[o] = bias[o] + sum_i weight[o, i] * x[g(o) * INPUTS + i]: every linear layer, folded to the sample rate.
//
// A serial engine: takes a line of GROUPS * INPUTS elements into RAM, then computes blocks of PARALLEL outputs, a lane
// each, in accumulators of Y_BITS, which the compiler has proven wide enough. While a block's sums are sent, the next
// block is computed; with HALVES = 2 the next line is taken meanwhile as well, into the other half of the RAM. Leading
// axes are simply further lines.
// ENGINE of the lanes: 0 es_mac, a product a cycle; 1 es_mac_pair, two lanes a multiplier; 2 es_mac_digit, no multiplier:
// a block goes over its inputs PLANES times, once for each digit of the weights, the highest first.
// The weight ROM holds a word per step, in the order of use, lane 0 lowest (the lanes that a group's last block does not
// need are 0); the bias ROM a word per output.
// Latency: from a line's last beat to the first output PLANES * INPUTS + 3 cycles, one less if PARALLEL is 1.
// Cycles a line, BLOCKS = GROUPS * ceil(OUTPUTS / GROUPS / PARALLEL), if y never waits:
// GROUPS * INPUTS + BLOCKS * (PLANES * INPUTS + 1) - 1, or with two halves the greater of the two.
// Ranges: PARALLEL at most PLANES * INPUTS + 1, or else it is y that takes the time.
`default_nettype none

module es_dense #(
    parameter X_BITS      = 8,
    parameter X_SIGNED    = 1,
    parameter WEIGHT_BITS = 8,  // of a lane in the ROM: 2 for ENGINE 2
    parameter Y_BITS      = 24,
    parameter INPUTS      = 32, // per group
    parameter OUTPUTS     = 16, // of all groups
    parameter GROUPS      = 1,
    parameter PARALLEL    = 1,
    parameter ENGINE      = 0,
    parameter PLANES      = 1,
    parameter HALVES      = 1,
    parameter BIASED      = 1,  // 0: every bias is 0
    parameter WEIGHT_FILE = "",
    parameter BIAS_FILE   = "",
    parameter [5:0] STYLES = 0  // STYLE of line, weights, biases: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    localparam GROUP = (OUTPUTS / GROUPS + PARALLEL - 1) / PARALLEL;  // blocks
    localparam REST  = OUTPUTS / GROUPS - (GROUP - 1) * PARALLEL;     // outputs of a group's last block

    wire full, issue, first, last, group_last;
    wire block_done = issue & last;
    wire [X_BITS-1:0] x;
    wire [WEIGHT_BITS*PARALLEL-1:0] weight;
    es_operands #(
        .X_BITS(X_BITS), .WEIGHT_BITS(WEIGHT_BITS * PARALLEL), .INPUTS(INPUTS), .GROUPS(GROUPS), .BLOCKS(GROUP),
        .PLANES(PLANES), .HALVES(HALVES), .WEIGHT_FILE(WEIGHT_FILE), .STYLES(STYLES[3:0])
    ) operands (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .full_o(full), .step_i(issue), .first_o(first), .last_o(last), .rest_o(group_last),
        .x_o(x), .weight_o(weight)
    );

    // A cycle later the words are there, and another one later the block's sums, for as long as they must wait.
    reg add, shift, complete, finish;
    reg idle;     // no block is in the making
    reg rest;     // the block is its group's last one
    wire room;    // for the sums
    wire send = finish & room;
    wire [Y_BITS*PARALLEL-1:0] sums;
    assign issue = full & ~complete & (~finish | room);
    es_lanes #(
        .X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .W_BITS(WEIGHT_BITS), .Y_BITS(Y_BITS), .LANES(PARALLEL), .ENGINE(ENGINE)
    ) lanes (
        .clk_i(clk_i), .clear_i(send | idle), .add_i(add), .shift_i(shift), .x_i(x), .w_i(weight), .y_o(sums)
    );
    es_send #(
        .BITS(Y_BITS), .LANES(PARALLEL), .REST(REST), .OUTPUTS(OUTPUTS), .BIASED(BIASED), .BIAS_FILE(BIAS_FILE),
        .STYLE(STYLES[5:4])
    ) outputs (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(finish), .x_ready_o(room), .x_data_i(sums), .x_rest_i(rest),
        .y_valid_o(y_valid_o), .y_ready_i(y_ready_i), .y_data_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            add      <= 1'b0;
            shift    <= 1'b0;
            complete <= 1'b0;
            finish   <= 1'b0;
            idle     <= 1'b1;
            rest     <= 1'b0;
        end else begin
            add      <= issue;
            shift    <= issue & first;
            complete <= block_done;
            finish   <= complete | (finish & ~room);
            idle     <= ~issue & (send | idle);
            if (block_done) rest <= group_last;
        end
endmodule

`default_nettype wire
