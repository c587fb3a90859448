// y[t] = sum over s = t - WINDOW + 1, ..., t of max(0, x0[t] . x1[s]) * x2[s]: x0 query, x1 key, x2 value.
//
// A serial engine: takes a frame of each input into RAM, one input after the other, the keys and the values of the last
// WINDOW frames in rings that are scanned from their first slot on, since exact sums come in any order. First each
// slot's score, one product a cycle, goes to a RAM of scores; then each output is summed over the slots. A slot that no
// frame has filled since reset scores 0.
// Latency: WINDOW * (INPUTS + 2) + 5 cycles from the last beat in to the first beat out.
// Cycles a frame: 2 * INPUTS + OUTPUTS + WINDOW * (INPUTS + 1) + OUTPUTS * (WINDOW + 3) + 2 if nothing waits.
// Ranges: the compiler proves that scores fit SCORE_BITS, signed, and results Y_BITS.
`default_nettype none

module es_attention #(
    parameter X0_BITS    = 8,
    parameter X0_SIGNED  = 1,
    parameter X1_BITS    = 8,
    parameter X1_SIGNED  = 1,
    parameter X2_BITS    = 8,
    parameter X2_SIGNED  = 1,
    parameter SCORE_BITS = 18,
    parameter Y_BITS     = 28,
    parameter INPUTS     = 4,
    parameter OUTPUTS    = 4,
    parameter WINDOW     = 4,
    parameter [7:0] STYLES = 0  // STYLE of queries, keys, values, scores: 2 bits each, the first lowest
) (
    input  wire               clk_i,
    input  wire               rst_ni,
    input  wire               x0_valid_i,
    output wire               x0_ready_o,
    input  wire [X0_BITS-1:0] x0_data_i,
    input  wire               x1_valid_i,
    output wire               x1_ready_o,
    input  wire [X1_BITS-1:0] x1_data_i,
    input  wire               x2_valid_i,
    output wire               x2_ready_o,
    input  wire [X2_BITS-1:0] x2_data_i,
    output wire               y_valid_o,
    input  wire               y_ready_i,
    output wire [Y_BITS-1:0]  y_data_o
);
    localparam QA = (INPUTS > 1) ? $clog2(INPUTS) : 1;
    localparam WA = (WINDOW > 1) ? $clog2(WINDOW) : 1;
    localparam KA = (WINDOW * INPUTS > 1) ? $clog2(WINDOW * INPUTS) : 1;
    localparam VA = (WINDOW * OUTPUTS > 1) ? $clog2(WINDOW * OUTPUTS) : 1;
    localparam K  = (X1_SIGNED != 0) ? X1_BITS : X1_BITS + 1;  // operands that es_mac takes as signed
    localparam V  = (X2_SIGNED != 0) ? X2_BITS : X2_BITS + 1;
    localparam P  = SCORE_BITS - 1;                            // a score that is not negative
    localparam STEP  = OUTPUTS;                                // from a value to that of the next slot
    localparam BACK  = 1 - (WINDOW - 1) * OUTPUTS;             // to the first slot's next value
    localparam NEWEST = WINDOW - 1;

    localparam TAKE = 2'd0, MULTIPLY = 2'd1, DRAIN = 2'd2, SEND = 2'd3;
    reg [1:0] state;
    reg summing;       // the sums of the outputs, after the scores
    reg started;       // this sum's first step, which sets it to 0, is over
    reg [2:0] taken;   // the frames that are there
    wire [2:0] beat = {x2_valid_i & x2_ready_o, x1_valid_i & x1_ready_o, x0_valid_i & x0_ready_o};
    wire [2:0] last_beat;
    wire done      = y_valid_o & y_ready_i;
    wire multiply  = (state == MULTIPLY) & started;
    wire score_add = multiply & ~summing;
    wire sum_add   = multiply & summing;
    wire begin_sum = (state == MULTIPLY) & ~started;
    assign {x2_ready_o, x1_ready_o, x0_ready_o} = {3{state == TAKE}} & {taken[1:0], 1'b1} & ~taken;
    assign y_valid_o = (state == SEND);

    // Where the newest frames go, and where the steps read.
    wire [QA-1:0] q_at, q_put;
    wire [KA-1:0] k_at, k_put;
    wire [VA-1:0] v_put;
    wire [WA-1:0] slot;   // whose score is made, then which is summed
    wire [WA-1:0] stored; // whose score is stored
    reg [VA-1:0] v_at;
    reg [WA-1:0] seen;    // frames since reset before this one, at most NEWEST
    wire dot_last, slot_last, output_last, frame_done;
    wire unused_k, unused_k_put, unused_v_put, unused_stored;
    es_count #(.N(INPUTS)) put_q (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(beat[0]), .at_o(q_put), .last_o(last_beat[0]));
    es_tick #(.N(INPUTS)) in_k (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(beat[1]), .last_o(last_beat[1]));
    es_tick #(.N(OUTPUTS)) in_v (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(beat[2]), .last_o(last_beat[2]));
    es_count #(.N(WINDOW * INPUTS)) put_k (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(beat[1]), .at_o(k_put), .last_o(unused_k_put)
    );
    es_count #(.N(WINDOW * OUTPUTS)) put_v (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(beat[2]), .at_o(v_put), .last_o(unused_v_put)
    );
    es_count #(.N(INPUTS)) in_dot (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(score_add), .at_o(q_at), .last_o(dot_last)
    );
    es_count #(.N(WINDOW * INPUTS)) in_keys (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(score_add), .at_o(k_at), .last_o(unused_k)
    );
    es_count #(.N(WINDOW)) slots (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(multiply & (summing | dot_last)), .at_o(slot), .last_o(slot_last)
    );
    es_tick #(.N(OUTPUTS)) outputs (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .last_o(output_last));
    assign frame_done = done & output_last;

    // One cycle after issue the words are there; a score is there two cycles after its last product was issued.
    reg load, add_score, add_sum, score_done, store;
    wire [X0_BITS-1:0] query;
    wire [X1_BITS-1:0] key;
    wire [X2_BITS-1:0] value;
    wire [SCORE_BITS-1:0] score;
    wire [P-1:0] weight;
    es_ram #(.BITS(X0_BITS), .ADDRESS(QA), .STYLE(STYLES[1:0])) queries (
        .clk_i(clk_i), .we_i(beat[0]), .waddr_i(q_put), .wdata_i(x0_data_i),
        .re_i(score_add), .raddr_i(q_at), .rdata_o(query)
    );
    es_ram #(.BITS(X1_BITS), .ADDRESS(KA), .STYLE(STYLES[3:2])) keys (
        .clk_i(clk_i), .we_i(beat[1]), .waddr_i(k_put), .wdata_i(x1_data_i),
        .re_i(score_add), .raddr_i(k_at), .rdata_o(key)
    );
    es_ram #(.BITS(X2_BITS), .ADDRESS(VA), .STYLE(STYLES[5:4])) values (
        .clk_i(clk_i), .we_i(beat[2]), .waddr_i(v_put), .wdata_i(x2_data_i),
        .re_i(sum_add), .raddr_i(v_at), .rdata_o(value)
    );
    wire counts = ~score[SCORE_BITS-1] & (stored <= seen);
    es_count #(.N(WINDOW)) in_scores (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(store), .at_o(stored), .last_o(unused_stored)
    );
    es_ram #(.BITS(P), .ADDRESS(WA), .STYLE(STYLES[7:6])) scores (
        .clk_i(clk_i), .we_i(store), .waddr_i(stored), .wdata_i(score[P-1:0] & {P{counts}}),
        .re_i(sum_add), .raddr_i(slot), .rdata_o(weight)
    );

    wire [K-1:0] key_signed;
    wire [V-1:0] value_signed;
    es_resize #(.X_BITS(X1_BITS), .X_SIGNED(X1_SIGNED), .Y_BITS(K)) sign_key (.x_i(key), .y_o(key_signed));
    es_resize #(.X_BITS(X2_BITS), .X_SIGNED(X2_SIGNED), .Y_BITS(V)) sign_value (.x_i(value), .y_o(value_signed));
    es_mac #(.X_BITS(X0_BITS), .X_SIGNED(X0_SIGNED), .W_BITS(K), .Y_BITS(SCORE_BITS)) dot (
        .clk_i(clk_i), .load_i(load), .add_i(add_score), .start_i({SCORE_BITS{1'b0}}),
        .x_i(query), .w_i(key_signed), .y_o(score)
    );
    es_mac #(.X_BITS(P), .X_SIGNED(0), .W_BITS(V), .Y_BITS(Y_BITS)) sum (
        .clk_i(clk_i), .load_i(load), .add_i(add_sum), .start_i({Y_BITS{1'b0}}),
        .x_i(weight), .w_i(value_signed), .y_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            state      <= TAKE;
            summing    <= 1'b0;
            started    <= 1'b0;
            taken      <= 3'b000;
            load       <= 1'b0;
            add_score  <= 1'b0;
            add_sum    <= 1'b0;
            score_done <= 1'b0;
            store      <= 1'b0;
            v_at       <= {VA{1'b0}};
            seen       <= {WA{1'b0}};
        end else begin
            taken      <= frame_done ? 3'b000 : taken | (beat & last_beat);
            started    <= (state == MULTIPLY) & ~(multiply & (summing ? slot_last : dot_last));
            load       <= begin_sum;
            add_score  <= score_add;
            add_sum    <= sum_add;
            score_done <= score_add & dot_last;
            store      <= score_done;
            if (frame_done) v_at <= {VA{1'b0}};
            else if (sum_add) v_at <= v_at + (slot_last ? BACK[VA-1:0] : STEP[VA-1:0]);
            if (frame_done & (seen != NEWEST[WA-1:0])) seen <= seen + 1'b1;
            case (state)
                TAKE: if (&taken) state <= MULTIPLY;
                MULTIPLY: if (multiply & slot_last & (summing | dot_last)) state <= DRAIN;
                DRAIN: begin
                    state   <= summing ? SEND : MULTIPLY;
                    summing <= 1'b1;
                end
                default: if (done) begin
                    state   <= output_last ? TAKE : MULTIPLY;
                    summing <= ~output_last;
                end
            endcase
        end
endmodule

`default_nettype wire
