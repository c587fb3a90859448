// y[o] = bias[o] + sum_i weight[o, i] * x[g(o) * INPUTS + i]: every linear layer, one multiplication a cycle and lane.
//
// A serial engine: takes a line of GROUPS * INPUTS elements into RAM, then computes PARALLEL outputs at once, each lane
// in one accumulator of Y_BITS, which the compiler has proven wide enough. Leading axes are simply further lines.
// The weight ROM holds a word per (block of PARALLEL outputs, input), the bias ROM a word per block, lane 0 lowest.
// Latency: from a line's last beat to the first output INPUTS + 3 cycles.
// Cycles a line: GROUPS * INPUTS + OUTPUTS / PARALLEL * (INPUTS + PARALLEL) - PARALLEL + 1 if y never waits.
// Ranges: PARALLEL divides OUTPUTS / GROUPS.
`default_nettype none

module es_dense #(
    parameter X_BITS      = 8,
    parameter X_SIGNED    = 1,
    parameter WEIGHT_BITS = 8,
    parameter Y_BITS      = 24,
    parameter INPUTS      = 32,  // per group
    parameter OUTPUTS     = 16,  // of all groups
    parameter GROUPS      = 1,
    parameter PARALLEL    = 1,
    parameter WEIGHT_FILE = "",
    parameter BIAS_FILE   = "",
    parameter [5:0] STYLES = 0  // STYLE of line, weights, biases: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    localparam LINE   = GROUPS * INPUTS;
    localparam BLOCKS = OUTPUTS / PARALLEL;
    localparam WORDS  = BLOCKS * INPUTS;
    localparam LA     = (LINE > 1) ? $clog2(LINE) : 1;
    localparam IA     = (INPUTS > 1) ? $clog2(INPUTS) : 1;
    localparam BA     = (BLOCKS > 1) ? $clog2(BLOCKS) : 1;
    localparam WA     = (WORDS > 1) ? $clog2(WORDS) : 1;

    // Taking a line.
    reg computing;
    wire [LA-1:0] write_at;
    wire taken = x_valid_i & x_ready_o;
    wire line_taken;
    assign x_ready_o = ~computing;
    es_count #(.N(LINE)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(write_at), .last_o(line_taken)
    );

    // Issue: the addresses of one step. A block is one step for the bias, then one per input.
    reg bias_step;
    wire [IA-1:0] operand;
    wire [WA-1:0] weight_at;
    wire [LA-1:0] read_at;
    reg [BA-1:0] block;
    wire lane_last, block_last, line_last;
    wire advance    = ~y_valid_o | (y_ready_i & lane_last);
    wire issue      = computing & advance;
    wire multiply   = issue & ~bias_step;
    wire block_done = multiply & block_last;
    wire line_done  = multiply & line_last;
    es_count #(.N(INPUTS)) in_block (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(multiply), .at_o(operand), .last_o(block_last)
    );
    es_count #(.N(WORDS)) in_line (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(multiply), .at_o(weight_at), .last_o(line_last)
    );
    generate
        if (GROUPS == 1) begin : whole
            assign read_at = operand;
        end else begin : grouped
            localparam NEXT = INPUTS;
            reg [LA-1:0] base;  // where the group begins
            wire [LA-1:0] offset;
            wire group_last;
            es_tick #(.N(BLOCKS / GROUPS)) in_group (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(block_done), .last_o(group_last)
            );
            es_resize #(.X_BITS(IA), .X_SIGNED(0), .Y_BITS(LA)) extend (.x_i(operand), .y_o(offset));
            assign read_at = base + offset;
            always @(posedge clk_i)
                if (!rst_ni | line_done) base <= {LA{1'b0}};
                else if (block_done & group_last) base <= base + NEXT[LA-1:0];
        end
    endgenerate

    // Execute, one cycle later: the words are there.
    reg load, accumulate, finish;
    wire [X_BITS-1:0] x;
    wire [WEIGHT_BITS*PARALLEL-1:0] weight;
    wire [Y_BITS*PARALLEL-1:0] bias;
    es_ram #(.BITS(X_BITS), .ADDRESS(LA), .STYLE(STYLES[1:0])) line (
        .clk_i(clk_i), .we_i(taken), .waddr_i(write_at), .wdata_i(x_data_i),
        .re_i(multiply), .raddr_i(read_at), .rdata_o(x)
    );
    es_rom #(
        .BITS(WEIGHT_BITS * PARALLEL), .DEPTH(WORDS), .ADDRESS(WA), .FILE(WEIGHT_FILE), .STYLE(STYLES[3:2])
    ) weights (
        .clk_i(clk_i), .re_i(multiply), .raddr_i(weight_at), .rdata_o(weight)
    );
    es_rom #(
        .BITS(Y_BITS * PARALLEL), .DEPTH(BLOCKS), .ADDRESS(BA), .FILE(BIAS_FILE), .STYLE(STYLES[5:4])
    ) biases (
        .clk_i(clk_i), .re_i(issue), .raddr_i(block), .rdata_o(bias)
    );

    wire [Y_BITS*PARALLEL-1:0] sums;
    genvar lane;
    generate
        for (lane = 0; lane < PARALLEL; lane = lane + 1) begin : mac
            es_mac #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .W_BITS(WEIGHT_BITS), .Y_BITS(Y_BITS)) unit (
                .clk_i(clk_i), .load_i(advance & load), .add_i(advance & accumulate),
                .start_i(bias[lane*Y_BITS +: Y_BITS]), .x_i(x), .w_i(weight[lane*WEIGHT_BITS +: WEIGHT_BITS]),
                .y_o(sums[lane*Y_BITS +: Y_BITS])
            );
        end
        if (PARALLEL == 1) begin : single
            assign lane_last = 1'b1;
            assign y_data_o  = sums;
        end else begin : several
            wire [$clog2(PARALLEL)-1:0] which;
            es_count #(.N(PARALLEL)) output_lane (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(y_valid_o & y_ready_i), .at_o(which), .last_o(lane_last)
            );
            assign y_data_o = sums[which*Y_BITS +: Y_BITS];
        end
    endgenerate

    always @(posedge clk_i)
        if (!rst_ni) begin
            computing  <= 1'b0;
            bias_step  <= 1'b1;
            block      <= {BA{1'b0}};
            load       <= 1'b0;
            accumulate <= 1'b0;
            finish     <= 1'b0;
            y_valid_o  <= 1'b0;
        end else begin
            if (taken & line_taken) computing <= 1'b1;
            else if (line_done) computing <= 1'b0;

            if (issue) bias_step <= block_done;
            if (block_done) block <= line_last ? {BA{1'b0}} : block + 1'b1;

            if (advance) begin
                load       <= issue & bias_step;
                accumulate <= multiply;
                finish     <= block_done;
                y_valid_o  <= finish;
            end
        end
endmodule

`default_nettype wire
