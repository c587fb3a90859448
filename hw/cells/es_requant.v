// y = saturate(x >> shift): the only cell that changes scale. Rounding is floor; an unsigned y is a ReLU.
//
// One shift for all elements, or one per element of the last axis: SHIFTS lists them, 6 bits each, element 0
// rightmost. Latency: none, combinational; one beat a cycle. Ranges: X_BITS and Y_BITS of 1 to 48, shifts of 0 to 47.
`default_nettype none

module es_requant #(
    parameter X_BITS   = 24,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 8,
    parameter Y_SIGNED = 1,
    parameter COUNT    = 1,  // shifts
    parameter [6*COUNT-1:0] SHIFTS = 6'd6
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
    localparam W = ((X_BITS > Y_BITS) ? X_BITS : Y_BITS) + 2;

    wire [5:0] shift;
    es_constant #(.BITS(6), .COUNT(COUNT), .VALUES(SHIFTS)) shifts (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(x_valid_i & y_ready_i), .y_o(shift)
    );

    wire [W-1:0] x;
    wire [W-1:0] shifted = $signed(x) >>> shift;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(W)) extend (.x_i(x_data_i), .y_o(x));
    es_saturate #(.X_BITS(W), .Y_BITS(Y_BITS), .Y_SIGNED(Y_SIGNED)) saturate (.x_i(shifted), .y_o(y_data_o));

    assign y_valid_o = x_valid_i;
    assign x_ready_o = y_ready_i;
endmodule

`default_nettype wire
