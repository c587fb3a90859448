// y = 1 if x0 > ((FACTOR * x1) >> SHIFT), else 0: a threshold that follows a level.
//
// Latency: none, combinational; one beat a cycle. Ranges: FACTOR of 1 to 2^15, SHIFT of 0 to 31.
`default_nettype none

module es_adaptive_threshold #(
    parameter X0_BITS   = 8,
    parameter X0_SIGNED = 1,
    parameter X1_BITS   = 8,
    parameter X1_SIGNED = 1,
    parameter FACTOR    = 1,
    parameter SHIFT     = 0
) (
    // Without a state, no clock is needed; it is here because every operator has one.
    /* verilator lint_off UNUSEDSIGNAL */
    input  wire               clk_i,
    input  wire               rst_ni,
    /* verilator lint_on UNUSEDSIGNAL */
    input  wire               x0_valid_i,
    output wire               x0_ready_o,
    input  wire [X0_BITS-1:0] x0_data_i,
    input  wire               x1_valid_i,
    output wire               x1_ready_o,
    input  wire [X1_BITS-1:0] x1_data_i,
    output wire               y_valid_o,
    input  wire               y_ready_i,
    output wire               y_data_o
);
    localparam N = (X1_SIGNED != 0) ? X1_BITS : X1_BITS + 1;  // an unsigned level gets a sign bit of 0
    localparam signed [16:0] TIMES = FACTOR;

    wire signed [N-1:0] level;
    wire signed [N+16:0] product = level * TIMES;
    wire signed [N+16:0] threshold = product >>> SHIFT;
    es_resize #(.X_BITS(X1_BITS), .X_SIGNED(0), .Y_BITS(N)) sign (.x_i(x1_data_i), .y_o(level));
    es_exceeds #(.A_BITS(X0_BITS), .A_SIGNED(X0_SIGNED), .B_BITS(N + 17)) exceeds (
        .a_i(x0_data_i), .b_i(threshold), .y_o(y_data_o)
    );
    es_join #(.N(2)) join_x (
        .x_valid_i({x1_valid_i, x0_valid_i}), .x_ready_o({x1_ready_o, x0_ready_o}),
        .y_valid_o(y_valid_o), .y_ready_i(y_ready_i)
    );
endmodule

`default_nettype wire
