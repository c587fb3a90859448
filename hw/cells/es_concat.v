// y = x0, x1: the last axes one after the other, CHANNELS0 elements and then CHANNELS1 in each line.
//
// Latency: none, combinational; one beat a cycle. Ranges: both counts 1 or more, Y_BITS holds both inputs' ranges.
`default_nettype none

module es_concat #(
    parameter X0_BITS   = 8,
    parameter X0_SIGNED = 1,
    parameter X1_BITS   = 8,
    parameter X1_SIGNED = 1,
    parameter Y_BITS    = 8,
    parameter CHANNELS0 = 2,
    parameter CHANNELS1 = 2
) (
    input  wire               clk_i,
    input  wire               rst_ni,
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
    localparam CHANNELS = CHANNELS0 + CHANNELS1;
    localparam A = $clog2(CHANNELS);
    localparam [A-1:0] FIRST = CHANNELS0;  // of x1

    wire [A-1:0] at;
    wire unused_last;
    es_count #(.N(CHANNELS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(y_valid_o & y_ready_i), .at_o(at), .last_o(unused_last)
    );
    wire second = (at >= FIRST);

    wire [Y_BITS-1:0] a, b;
    es_resize #(.X_BITS(X0_BITS), .X_SIGNED(X0_SIGNED), .Y_BITS(Y_BITS)) extend0 (.x_i(x0_data_i), .y_o(a));
    es_resize #(.X_BITS(X1_BITS), .X_SIGNED(X1_SIGNED), .Y_BITS(Y_BITS)) extend1 (.x_i(x1_data_i), .y_o(b));

    assign x0_ready_o = y_ready_i & ~second;
    assign x1_ready_o = y_ready_i & second;
    assign y_valid_o  = second ? x1_valid_i : x0_valid_i;
    assign y_data_o   = second ? b : a;
endmodule

`default_nettype wire
