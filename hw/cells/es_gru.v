// h <- n + ((z * (h - n)) >> GATE_BITS),  y = h, where with a = weight_x x + bias, b = weight_h h:
// r = saturate(((a_r + b_r) >> SHIFT) + 2^(GATE_BITS - 1)), unsigned, of GATE_BITS;  z alike
// n = saturate((a_n + ((r * (b_n + bias_n)) >> GATE_BITS)) >> SHIFT_N), signed, of H_BITS.
//
// A serial engine: takes a frame of INPUTS elements into RAM, then computes unit after unit. With one lane a unit is
// three passes, for r, z and n; with three it is one. A pass loads the bias and adds the products with x, one a cycle,
// then those with h; between them the pass for n sets a_n aside and loads bias_n, so that its lane ends with the
// product r multiplies. es_gate then does r * it and z * (h - n), a bit of the gate a cycle. New values of h go to the
// other half of h's RAM, which the first frame after a reset takes as zeros.
// The weight ROM holds, in the order of use, a word per operand and the bias ROM a word per bias step; lane r lowest.
// Latency: of a unit, LANE_STEPS + 2 * GATE_BITS + 4 cycles, LANE_STEPS = 3 / LANES * (INPUTS + UNITS + 1) + 1.
// Cycles a frame: INPUTS + UNITS * (LANE_STEPS + 2 * GATE_BITS + 4).
// Ranges: LANES 1 or 3; the compiler proves that every sum fits SUM_BITS. SHIFT and SHIFT_N 0 to 31.
`default_nettype none

module es_gru #(
    parameter X_BITS      = 8,
    parameter X_SIGNED    = 1,
    parameter H_BITS      = 8,
    parameter GATE_BITS   = 8,
    parameter SUM_BITS    = 20,
    parameter WEIGHT_BITS = 8,
    parameter SHIFT       = 4,
    parameter SHIFT_N     = 8,
    parameter INPUTS      = 4,
    parameter UNITS       = 4,
    parameter LANES       = 1,
    parameter WEIGHT_FILE = "",
    parameter BIAS_FILE   = "",
    parameter [7:0] STYLES = 0  // STYLE of frame, hidden, weights, biases: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire [H_BITS-1:0] y_data_o
);
    localparam PASSES = 3 / LANES;
    localparam WORDS  = UNITS * PASSES * (INPUTS + UNITS);
    localparam BIASES = UNITS * (PASSES + 1);
    localparam XA = (INPUTS > 1) ? $clog2(INPUTS) : 1;
    localparam HA = (UNITS > 1) ? $clog2(UNITS) : 1;
    localparam WA = $clog2(WORDS);
    localparam BA = $clog2(BIASES);
    localparam XS = (X_SIGNED != 0) ? X_BITS : X_BITS + 1;
    localparam OP = (XS > H_BITS) ? XS : H_BITS;                                // an operand, signed
    localparam GV = (SUM_BITS > H_BITS + 1) ? SUM_BITS : H_BITS + 1;            // what is gated
    localparam GS = ((SUM_BITS > GATE_BITS) ? SUM_BITS : GATE_BITS) + 2;        // a gate before saturation
    localparam NS = ((SUM_BITS > H_BITS) ? SUM_BITS : H_BITS) + 2;              // n before saturation

    // A frame, then of each unit its passes: bias, x, for n the other bias, h; then what follows the sums.
    localparam TAKE = 3'd0, BIAS = 3'd1, X = 3'd2, TURN = 3'd3, HIDDEN = 3'd4, FINISH = 3'd5;
    // Steps of FINISH: the last product, the gates, the steps of r, n, the steps of z, the new h.
    localparam GATES = 1, NEW = GATE_BITS + 2, SEND = 2 * GATE_BITS + 3;
    localparam FA = $clog2(SEND + 1);

    reg [2:0] state;
    wire [FA-1:0] finish;
    wire gates   = (state == FINISH) & (finish == GATES[FA-1:0]);
    wire new_n   = (state == FINISH) & (finish == NEW[FA-1:0]);
    wire send    = (state == FINISH) & (finish == SEND[FA-1:0]);
    wire gating  = (finish > GATES[FA-1:0]) & ~new_n & ~send;
    wire taken   = x_valid_i & x_ready_o;
    wire done    = y_valid_o & y_ready_i;
    wire from_x  = (state == X);
    wire from_h  = (state == HIDDEN);
    wire to_bias = (state == BIAS) | (state == TURN);
    assign x_ready_o = (state == TAKE);
    assign y_valid_o = send;

    wire [XA-1:0] x_at;
    wire [HA-1:0] h_at, unit;
    wire [WA-1:0] weight_at;
    wire [BA-1:0] bias_at;
    wire x_last, h_last, pass_last, unit_last;
    wire unused_finish, unused_weight, unused_bias;
    es_count #(.N(INPUTS)) in_x (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken | from_x), .at_o(x_at), .last_o(x_last)
    );
    es_count #(.N(UNITS)) in_h (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(from_h), .at_o(h_at), .last_o(h_last));
    es_tick #(.N(PASSES)) passes (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(from_h & h_last), .last_o(pass_last)
    );
    es_count #(.N(SEND + 1)) after (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i((state == FINISH) & (~send | done)), .at_o(finish), .last_o(unused_finish)
    );
    es_count #(.N(UNITS)) units (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .at_o(unit), .last_o(unit_last));
    es_count #(.N(WORDS)) in_weights (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(from_x | from_h), .at_o(weight_at), .last_o(unused_weight)
    );
    es_count #(.N(BIASES)) in_biases (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(to_bias), .at_o(bias_at), .last_o(unused_bias)
    );

    // One cycle after issue the words are there. h itself is read in the first step of FINISH.
    reg load, turn, add, is_h, gate_done, gate_there;
    reg bank, fresh;  // the half of h's RAM that holds h; no frame since reset
    wire [X_BITS-1:0] x_word;
    wire [H_BITS-1:0] h_word, next_h;
    wire [WEIGHT_BITS*LANES-1:0] weight;
    wire [SUM_BITS*LANES-1:0] bias;
    es_ram #(.BITS(X_BITS), .ADDRESS(XA), .STYLE(STYLES[1:0])) frame (
        .clk_i(clk_i), .we_i(taken), .waddr_i(x_at), .wdata_i(x_data_i),
        .re_i(from_x), .raddr_i(x_at), .rdata_o(x_word)
    );
    es_ram #(.BITS(H_BITS), .ADDRESS(HA + 1), .STYLE(STYLES[3:2])) hidden (
        .clk_i(clk_i), .we_i(done), .waddr_i({~bank, unit}), .wdata_i(next_h),
        .re_i(from_h | (state == FINISH)), .raddr_i({bank, from_h ? h_at : unit}), .rdata_o(h_word)
    );
    es_rom #(
        .BITS(WEIGHT_BITS * LANES), .DEPTH(WORDS), .ADDRESS(WA), .FILE(WEIGHT_FILE), .STYLE(STYLES[5:4])
    ) weights (
        .clk_i(clk_i), .re_i(from_x | from_h), .raddr_i(weight_at), .rdata_o(weight)
    );
    es_rom #(
        .BITS(SUM_BITS * LANES), .DEPTH(BIASES), .ADDRESS(BA), .FILE(BIAS_FILE), .STYLE(STYLES[7:6])
    ) biases (
        .clk_i(clk_i), .re_i(to_bias), .raddr_i(bias_at), .rdata_o(bias)
    );
    wire [H_BITS-1:0] h = fresh ? {H_BITS{1'b0}} : h_word;
    wire [OP-1:0] x_wide, h_wide;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(OP)) extend_x (.x_i(x_word), .y_o(x_wide));
    es_resize #(.X_BITS(H_BITS), .X_SIGNED(1), .Y_BITS(OP)) extend_h (.x_i(h), .y_o(h_wide));

    wire [SUM_BITS*LANES-1:0] sums;
    wire [SUM_BITS-1:0] sum_n = sums[SUM_BITS*(LANES-1) +: SUM_BITS];
    genvar lane;
    generate
        for (lane = 0; lane < LANES; lane = lane + 1) begin : mac
            es_mac #(.X_BITS(OP), .X_SIGNED(1), .W_BITS(WEIGHT_BITS), .Y_BITS(SUM_BITS)) unit_mac (
                .clk_i(clk_i), .load_i(load | (turn & (lane == LANES - 1))), .add_i(add),
                .start_i(bias[lane*SUM_BITS +: SUM_BITS]), .x_i(is_h ? h_wide : x_wide),
                .w_i(weight[lane*WEIGHT_BITS +: WEIGHT_BITS]), .y_o(sums[lane*SUM_BITS +: SUM_BITS])
            );
        end
    endgenerate

    // The gates of the sums that are there: one lane gives r, then z; three give both at once.
    localparam G = (LANES > 1) ? 2 : 1;
    localparam [GS-1:0] HALF = {{(GS-1){1'b0}}, 1'b1} << (GATE_BITS - 1);
    wire [GATE_BITS*G-1:0] made;
    reg [2*GATE_BITS-1:0] rz;  // r below z; each step of es_gate takes the lowest bit
    wire [2*GATE_BITS-1:0] rz_next;
    genvar k;
    generate
        for (k = 0; k < G; k = k + 1) begin : gate
            wire signed [GS-1:0] sum;
            wire signed [GS-1:0] shifted = sum >>> SHIFT;
            es_resize #(.X_BITS(SUM_BITS), .X_SIGNED(1), .Y_BITS(GS)) extend (
                .x_i(sums[k*SUM_BITS +: SUM_BITS]), .y_o(sum)
            );
            es_saturate #(.X_BITS(GS), .Y_BITS(GATE_BITS), .Y_SIGNED(0)) saturate (
                .x_i(shifted + HALF), .y_o(made[k*GATE_BITS +: GATE_BITS])
            );
        end
        if (LANES == 1) begin : one_by_one
            assign rz_next = {made, rz[2*GATE_BITS-1:GATE_BITS]};
        end else begin : at_once
            assign rz_next = made;
        end
    endgenerate

    reg [SUM_BITS-1:0] given_n;  // a_n
    reg [H_BITS-1:0] n;
    reg first;                   // r is at work, not z
    wire [GV-1:0] product, difference, n_wide, h_gated, kept;
    es_resize #(.X_BITS(SUM_BITS), .X_SIGNED(1), .Y_BITS(GV)) extend_product (.x_i(sum_n), .y_o(product));
    es_resize #(.X_BITS(H_BITS), .X_SIGNED(1), .Y_BITS(GV)) extend_n (.x_i(n), .y_o(n_wide));
    es_resize #(.X_BITS(H_BITS), .X_SIGNED(1), .Y_BITS(GV)) extend_gated (.x_i(h), .y_o(h_gated));
    assign difference = h_gated - n_wide;
    es_gate #(.BITS(GV)) gated (
        .clk_i(clk_i), .clear_i(gates | new_n), .step_i(gating), .gate_i(rz[0]),
        .x_i(first ? product : difference), .y_o(kept)
    );

    wire signed [NS-1:0] given_wide, kept_wide;
    wire signed [NS-1:0] total = given_wide + kept_wide;
    wire [H_BITS-1:0] next_n;
    es_resize #(.X_BITS(SUM_BITS), .X_SIGNED(1), .Y_BITS(NS)) extend_given (.x_i(given_n), .y_o(given_wide));
    es_resize #(.X_BITS(GV), .X_SIGNED(1), .Y_BITS(NS)) extend_kept (.x_i(kept), .y_o(kept_wide));
    es_saturate #(.X_BITS(NS), .Y_BITS(H_BITS), .Y_SIGNED(1)) saturate_n (.x_i(total >>> SHIFT_N), .y_o(next_n));
    assign next_h   = n + kept[H_BITS-1:0];
    assign y_data_o = next_h;

    always @(posedge clk_i) begin
        if (turn) given_n <= sum_n;
        if (new_n) n <= next_n;
        if (gates) first <= 1'b1;
        else if (new_n) first <= 1'b0;
        if (gate_there) rz <= rz_next;
        else if (gating) rz <= rz >> 1;
    end

    always @(posedge clk_i)
        if (!rst_ni) begin
            state      <= TAKE;
            load       <= 1'b0;
            turn       <= 1'b0;
            add        <= 1'b0;
            is_h       <= 1'b0;
            gate_done  <= 1'b0;
            gate_there <= 1'b0;
            bank       <= 1'b0;
            fresh      <= 1'b1;
        end else begin
            load       <= (state == BIAS);
            turn       <= (state == TURN);
            add        <= from_x | from_h;
            is_h       <= from_h;
            gate_done  <= from_h & h_last & ((LANES > 1) | ~pass_last);
            gate_there <= gate_done;
            if (done & unit_last) {bank, fresh} <= {~bank, 1'b0};
            case (state)
                TAKE: if (taken & x_last) state <= BIAS;
                BIAS: state <= X;
                X: if (x_last) state <= pass_last ? TURN : HIDDEN;
                TURN: state <= HIDDEN;
                HIDDEN: if (h_last) state <= pass_last ? FINISH : BIAS;
                default: if (done) state <= unit_last ? TAKE : BIAS;
            endcase
        end
endmodule

`default_nettype wire
