// s <- saturate((a s + b x) >> FRACTION); y = s: a step of a linear state-space model, as of a steady-state Kalman filter.
//
// es_dense on the line [s, x] with the weights [a, b] and no bias, then es_requant; what leaves is kept in RAM as the
// next s. `seen` tells that the first frame since reset is over, before which s is 0 whatever the RAM holds.
// The old states go in before a frame comes, so its latency is that of es_dense.
// Cycles a frame: LINE + ceil(STATES / PARALLEL) * (LINE + 1) + PARALLEL + 2, one less if PARALLEL is 1; LINE =
// STATES + INPUTS.
// Ranges: SUM_BITS holds every partial sum, PARALLEL at most LINE + 1, FRACTION 0 to 31.
`default_nettype none

module es_state_space #(
    parameter X_BITS      = 16,
    parameter X_SIGNED    = 1,
    parameter WEIGHT_BITS = 16,
    parameter SUM_BITS    = 40,
    parameter Y_BITS      = 16,
    parameter INPUTS      = 4,
    parameter STATES      = 2,
    parameter FRACTION    = 14,
    parameter PARALLEL    = 1,
    parameter WEIGHT_FILE = "",
    parameter [5:0] STYLES = 0  // STYLE of states and of es_dense's: 2 bits each, the first lowest
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
    localparam A  = (STATES > 1) ? $clog2(STATES) : 1;
    localparam XS = (X_SIGNED != 0) ? X_BITS : X_BITS + 1;
    localparam L  = (XS > Y_BITS) ? XS : Y_BITS;  // what the line holds

    localparam RECALL = 2'd0, TAKE = 2'd1, SEND = 2'd2;
    reg [1:0] phase;
    reg recalled;  // a state comes from RAM into the line
    reg seen;
    wire recall = (phase == RECALL);
    wire taken  = x_valid_i & x_ready_o;
    wire sent   = y_valid_o & y_ready_i;
    wire line_ready;
    assign x_ready_o = (phase == TAKE) & ~recalled & line_ready;

    wire [A-1:0] at;
    wire state_last, input_last;
    es_count #(.N(STATES)) state (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(recall | sent), .at_o(at), .last_o(state_last)
    );
    es_tick #(.N(INPUTS)) element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .last_o(input_last));

    wire [Y_BITS-1:0] kept;
    es_ram #(.BITS(Y_BITS), .ADDRESS(A), .STYLE(STYLES[1:0])) states (
        .clk_i(clk_i), .we_i(sent), .waddr_i(at), .wdata_i(y_data_o), .re_i(recall), .raddr_i(at), .rdata_o(kept)
    );

    wire [L-1:0] s, x;
    es_resize #(.X_BITS(Y_BITS), .X_SIGNED(1), .Y_BITS(L)) extend_s (.x_i(kept & {Y_BITS{seen}}), .y_o(s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(L)) extend_x (.x_i(x_data_i), .y_o(x));

    wire sum_valid, sum_ready;
    wire [SUM_BITS-1:0] sum;
    es_dense #(
        .X_BITS(L), .X_SIGNED(1), .WEIGHT_BITS(WEIGHT_BITS), .Y_BITS(SUM_BITS), .INPUTS(STATES + INPUTS),
        .OUTPUTS(STATES), .PARALLEL(PARALLEL), .BIASED(0), .WEIGHT_FILE(WEIGHT_FILE), .STYLES({2'd0, STYLES[5:2]})
    ) matrix (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(recalled | taken), .x_ready_o(line_ready), .x_data_i(recalled ? s : x),
        .y_valid_o(sum_valid), .y_ready_i(sum_ready), .y_data_o(sum)
    );
    es_requant #(.X_BITS(SUM_BITS), .Y_BITS(Y_BITS), .SHIFTS(FRACTION)) round (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(sum_valid), .x_ready_o(sum_ready), .x_data_i(sum),
        .y_valid_o(y_valid_o), .y_ready_i(y_ready_i), .y_data_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            phase    <= RECALL;
            recalled <= 1'b0;
            seen     <= 1'b0;
        end else begin
            recalled <= recall;
            if (sent & state_last) seen <= 1'b1;
            case (phase)
                RECALL: if (state_last) phase <= TAKE;
                TAKE: if (taken & input_last) phase <= SEND;
                default: if (sent & state_last) phase <= RECALL;
            endcase
        end
endmodule

`default_nettype wire
