// A model's output stream as an AXI4-Stream master: one element a beat, in whole bytes; TLAST with the last of SIZE.
//
// Latency: none, combinational. Ranges: BYTES times 8 of BITS or more, SIZE of 1 or more.
`default_nettype none

module es_axis_out #(
    parameter BITS   = 8,
    parameter SIGNED = 0,
    parameter BYTES  = 1,
    parameter SIZE   = 5
) (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire x_valid_i,
    output wire x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output wire y_tvalid_o,
    input  wire y_tready_i,
    output wire [8*BYTES-1:0] y_tdata_o,
    output wire y_tlast_o
);
    assign y_tvalid_o = x_valid_i;
    assign x_ready_o  = y_tready_i;
    es_resize #(.X_BITS(BITS), .X_SIGNED(SIGNED), .Y_BITS(8 * BYTES)) whole (.x_i(x_data_i), .y_o(y_tdata_o));
    es_tick #(.N(SIZE)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(y_tvalid_o & y_tready_i), .last_o(y_tlast_o)
    );
endmodule

`default_nettype wire
