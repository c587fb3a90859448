// y = x0 * x1, element by element.
//
// Yosys puts it into one SB_MAC16 if both factors have 16 bits at most, the sign of an unsigned one included.
// Latency: none, combinational; one beat a cycle. Ranges: the compiler proves that every product fits Y_BITS.
`default_nettype none

module es_multiply #(
    parameter X0_BITS   = 8,
    parameter X0_SIGNED = 1,
    parameter X1_BITS   = 8,
    parameter X1_SIGNED = 1,
    parameter Y_BITS    = 16
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
    output wire [Y_BITS-1:0]  y_data_o
);
    localparam A = (X0_SIGNED != 0) ? X0_BITS : X0_BITS + 1;  // an unsigned factor gets a sign bit of 0
    localparam B = (X1_SIGNED != 0) ? X1_BITS : X1_BITS + 1;

    wire signed [A-1:0] a;
    wire signed [B-1:0] b;
    es_resize #(.X_BITS(X0_BITS), .X_SIGNED(0), .Y_BITS(A)) sign0 (.x_i(x0_data_i), .y_o(a));
    es_resize #(.X_BITS(X1_BITS), .X_SIGNED(0), .Y_BITS(B)) sign1 (.x_i(x1_data_i), .y_o(b));
    es_join #(.N(2)) join_x (
        .x_valid_i({x1_valid_i, x0_valid_i}), .x_ready_o({x1_ready_o, x0_ready_o}),
        .y_valid_o(y_valid_o), .y_ready_i(y_ready_i)
    );

    wire signed [A+B-1:0] product = a * b;
    es_resize #(.X_BITS(A + B), .Y_BITS(Y_BITS)) cut (.x_i(product), .y_o(y_data_o));
endmodule

`default_nettype wire
