// An AXI4-Stream slave as a model's input stream: one element a beat, its lowest bits.
//
// error_o is set until reset when TLAST came elsewhere than with the last of SIZE elements; elements are counted all the
// same, so a master without TLAST ties it low and ignores error_o.
// Latency: none, combinational but for error_o. Ranges: BYTES times 8 of BITS or more, SIZE of 1 or more.
`default_nettype none

module es_axis_in #(
    parameter BYTES = 2,
    parameter BITS  = 16,
    parameter SIZE  = 1
) (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire x_tvalid_i,
    output wire x_tready_o,
    input  wire [8*BYTES-1:0] x_tdata_i,
    input  wire x_tlast_i,
    output wire y_valid_o,
    input  wire y_ready_i,
    output wire [BITS-1:0] y_data_o,
    output reg  error_o
);
    assign y_valid_o  = x_tvalid_i;
    assign x_tready_o = y_ready_i;
    es_resize #(.X_BITS(8 * BYTES), .X_SIGNED(0), .Y_BITS(BITS)) lowest (.x_i(x_tdata_i), .y_o(y_data_o));

    wire taken = x_tvalid_i & x_tready_o;
    wire last;
    es_tick #(.N(SIZE)) element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .last_o(last));
    always @(posedge clk_i)
        if (!rst_ni) error_o <= 1'b0;
        else error_o <= error_o | (taken & (x_tlast_i != last));
endmodule

`default_nettype wire
