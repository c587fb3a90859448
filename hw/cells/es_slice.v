// y[k] = x[START + k] for k below STOP - START: a part of each line of CHANNELS elements.
//
// Latency: none, combinational; one beat in a cycle. Ranges: 0 <= START < STOP <= CHANNELS.
`default_nettype none

module es_slice #(
    parameter BITS     = 8,
    parameter CHANNELS = 4,
    parameter START    = 1,
    parameter STOP     = 3
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output wire            y_valid_o,
    input  wire            y_ready_i,
    output wire [BITS-1:0] y_data_o
);
    localparam A = $clog2(CHANNELS + 1);

    wire [((CHANNELS > 1) ? $clog2(CHANNELS) : 1)-1:0] count;
    wire [A-1:0] at;
    wire unused_last;
    es_count #(.N(CHANNELS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(x_valid_i & x_ready_o), .at_o(count), .last_o(unused_last)
    );
    es_resize #(.X_BITS((CHANNELS > 1) ? $clog2(CHANNELS) : 1), .X_SIGNED(0), .Y_BITS(A)) extend (.x_i(count), .y_o(at));

    // Both bounds in one comparison, so that a part from the first element on needs no other code.
    localparam [A-1:0] FIRST = START, PAST = STOP;
    wire [A-1:0] offset = at - FIRST;
    wire keep = offset < PAST - FIRST;

    assign y_valid_o = x_valid_i & keep;
    assign x_ready_o = y_ready_i | ~keep;
    assign y_data_o  = x_data_i;
endmodule

`default_nettype wire
