// y = saturate((x >> SHIFT) + 2^(Y_BITS-1)): a gate between 0 and 1 on the grid of an unsigned y.
//
// Latency: none, combinational; one beat a cycle. Ranges: X_BITS of 1 to 48, Y_BITS of 1 to 31, SHIFT of 0 to 47.
`default_nettype none

module es_hard_sigmoid #(
    parameter X_BITS   = 12,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 8,
    parameter SHIFT    = 2
) (
    // Without a state, no clock is needed; it is here because every operator has one.
    /* verilator lint_off UNUSEDSIGNAL */
    input  wire              clk_i,
    input  wire              rst_ni,
    /* verilator lint_on UNUSEDSIGNAL */
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    localparam W = ((X_BITS > Y_BITS) ? X_BITS : Y_BITS) + 2;
    localparam [W-1:0] HALF = {{(W-1){1'b0}}, 1'b1} << (Y_BITS - 1);

    wire [W-1:0] x;
    wire [W-1:0] slope = $signed(x) >>> SHIFT;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(W)) extend (.x_i(x_data_i), .y_o(x));
    es_saturate #(.X_BITS(W), .Y_BITS(Y_BITS), .Y_SIGNED(0)) saturate (.x_i(slope + HALF), .y_o(y_data_o));

    assign y_valid_o = x_valid_i;
    assign x_ready_o = y_ready_i;
endmodule

`default_nettype wire
