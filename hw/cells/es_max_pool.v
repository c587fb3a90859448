// y[t] = max(x[t - KERNEL + 1], ..., x[t]) for every STRIDE-th t, element by element.
//
// An es_window in which every element is a line sends an element's KERNEL values one after the other; y is the greatest
// so far. Latency: KERNEL + 2 cycles from a beat in to its beat out.
// Cycles a frame: SIZE + KERNEL * SIZE. Ranges: all parameters 1 or more.
`default_nettype none

module es_max_pool #(
    parameter BITS   = 8,
    parameter SIGNED = 1,
    parameter SIZE   = 4,
    parameter KERNEL = 2,
    parameter STRIDE = 2,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output reg             y_valid_o,
    input  wire            y_ready_i,
    output reg  [BITS-1:0] y_data_o
);
    // With its sign flipped, a signed number is ordered like an unsigned one.
    localparam [BITS-1:0] SIGN = (SIGNED != 0) ? ~({BITS{1'b1}} >> 1) : {BITS{1'b0}};

    wire advance = ~y_valid_o | y_ready_i;
    wire tap_valid, tap_last;
    wire [BITS-1:0] tap;
    wire taken = tap_valid & advance;
    es_window #(
        .BITS(BITS), .LINES(SIZE), .CHANNELS(1), .KERNEL(KERNEL), .DILATION(1), .STRIDE(STRIDE), .STYLES(STYLES)
    ) line (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .y_valid_o(tap_valid), .y_ready_i(advance), .y_data_o(tap)
    );
    es_tick #(.N(KERNEL)) taps (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .last_o(tap_last));

    reg first;
    wire greater = (tap ^ SIGN) > (y_data_o ^ SIGN);
    always @(posedge clk_i) if (taken & (first | greater)) y_data_o <= tap;

    always @(posedge clk_i)
        if (!rst_ni) begin
            first     <= 1'b1;
            y_valid_o <= 1'b0;
        end else begin
            if (taken) first <= tap_last;
            if (advance) y_valid_o <= taken & tap_last;
        end
endmodule

`default_nettype wire
