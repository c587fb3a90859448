// y[t] = x[t-1]^2 - x[t] * x[t-2], element by element, with one multiplier.
//
// An es_window in which every element is a line sends a = x[t-2], b = x[t-1] and c = x[t] one after the other. Since
// -c = ~c + 1, y = a + b * b + a * ~c: no operand is longer than x.
// Latency: 5 cycles from a beat in to its beat out. Cycles a frame: 4 * SIZE.
// Ranges: the compiler proves that every result fits Y_BITS.
`default_nettype none

module es_nonlinear_energy #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 16,
    parameter SIZE     = 1,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    localparam S = (X_SIGNED != 0) ? X_BITS : X_BITS + 1;

    wire advance = ~y_valid_o | y_ready_i;
    wire tap_valid, newest;
    wire [1:0] at;
    wire [X_BITS-1:0] tap;
    wire taken  = tap_valid & advance;
    wire oldest = (at == 2'd0);
    es_window #(.BITS(X_BITS), .LINES(SIZE), .CHANNELS(1), .KERNEL(3), .DILATION(1), .STRIDE(1), .STYLES(STYLES)) line (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .y_valid_o(tap_valid), .y_ready_i(advance), .y_data_o(tap)
    );
    es_count #(.N(3)) taps (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(at), .last_o(newest));

    reg  [S-1:0] a;
    wire [S-1:0] tap_s;
    wire [Y_BITS-1:0] start;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(S)) sign (.x_i(tap), .y_o(tap_s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) extend (.x_i(tap), .y_o(start));
    es_mac #(.X_BITS(S), .X_SIGNED(1), .W_BITS(S), .Y_BITS(Y_BITS)) mac (
        .clk_i(clk_i), .load_i(taken & oldest), .add_i(taken), .start_i(start),
        .x_i(newest ? a : tap_s), .w_i(newest ? ~tap_s : tap_s), .y_o(y_data_o)
    );

    always @(posedge clk_i) if (taken & oldest) a <= tap_s;

    always @(posedge clk_i)
        if (!rst_ni) y_valid_o <= 1'b0;
        else if (advance) y_valid_o <= taken & newest;
endmodule

`default_nettype wire
