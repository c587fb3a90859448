// y = x: the same elements in the same order; only the shape, which a stream does not know, is another.
//
// Latency: none, nothing but wires; one beat a cycle. Ranges: any BITS.
`default_nettype none

module es_reshape #(
    parameter BITS = 8
) (
    // Without a state, no clock is needed; it is here because every operator has one.
    /* verilator lint_off UNUSEDSIGNAL */
    input  wire            clk_i,
    input  wire            rst_ni,
    /* verilator lint_on UNUSEDSIGNAL */
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output wire            y_valid_o,
    input  wire            y_ready_i,
    output wire [BITS-1:0] y_data_o
);
    assign y_valid_o = x_valid_i;
    assign x_ready_o = y_ready_i;
    assign y_data_o  = x_data_i;
endmodule

`default_nettype wire
