// y = |x|, unsigned and of as many bits, which hold the magnitude of the least value too.
//
// Latency: none, combinational; one beat a cycle. Ranges: BITS of 1 or more.
`default_nettype none

module es_rectify #(
    parameter BITS   = 8,
    parameter SIGNED = 1
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
    wire negative = (SIGNED != 0) & x_data_i[BITS-1];

    assign y_valid_o = x_valid_i;
    assign x_ready_o = y_ready_i;
    assign y_data_o  = negative ? -x_data_i : x_data_i;
endmodule

`default_nettype wire
