// y[t] = c if c > threshold and c is the peak and the refractory time is over, else 0; c = x[t - REACH].
//
// c is the peak if it exceeds each of the REACH frames before it and no frame of the REACH after it exceeds it.
// Per element: one beat in, its history (es_history), one word a cycle, one beat out.
// Latency: 2 * REACH + 3 cycles from a beat in to its beat out. Cycles a frame: CHANNELS * (2 * REACH + 4).
// THRESHOLDS lists X_BITS each, element 0 rightmost; after COUNT elements they repeat.
// Ranges: thresholds 0 or more, REACH 1 or more, REFRACTORY 0 or more.
`default_nettype none

module es_peak #(
    parameter X_BITS     = 8,
    parameter X_SIGNED   = 0,
    parameter Y_BITS     = 8,
    parameter CHANNELS   = 1,
    parameter REACH      = 4,
    parameter REFRACTORY = 10,
    parameter COUNT      = 1,  // thresholds, a divisor of CHANNELS
    parameter [COUNT*X_BITS-1:0] THRESHOLDS = 0,
    parameter [3:0] STYLES = 0  // STYLE of history, refractory: 2 bits each, the first lowest
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
    localparam A  = $clog2((2 * REACH + 1) * CHANNELS);
    localparam CA = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;

    wire [CA-1:0] channel;
    wire unused_last;
    wire done = y_valid_o & y_ready_i;
    es_count #(.N(CHANNELS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .at_o(channel), .last_o(unused_last)
    );

    wire clear, valid, first, earlier, last;
    /* verilator lint_off UNUSEDSIGNAL */
    wire [A-1:0] clear_at;  // the channels are its low bits
    /* verilator lint_on UNUSEDSIGNAL */
    wire [X_BITS-1:0] value;
    es_history #(.BITS(X_BITS), .CHANNELS(CHANNELS), .REACH(REACH), .STYLES(STYLES[1:0])) history (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .done_i(done), .clear_o(clear), .clear_at_o(clear_at),
        .value_o(value), .valid_o(valid), .first_o(first), .earlier_o(earlier), .last_o(last)
    );

    wire event_now, over;
    es_refractory #(.CHANNELS(CHANNELS), .REFRACTORY(REFRACTORY), .STYLES(STYLES[3:2])) refractory (
        .clk_i(clk_i), .clear_i(clear), .read_i(first), .read_at_i(channel),
        .write_i(done), .write_at_i(clear ? clear_at[CA-1:0] : channel), .event_i(event_now), .over_o(over)
    );

    es_constant #(.BITS(X_BITS), .COUNT(COUNT), .VALUES(THRESHOLDS)) thresholds (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .y_o(threshold)
    );

    // Is c still the peak? It fails at a later v if v > c, at an earlier one if v >= c, that is, if 2v + 1 > 2c: the
    // flag `earlier` is the bit below v.
    reg peak;
    reg [X_BITS-1:0] c;
    wire [X_BITS-1:0] threshold;
    wire signed [X_BITS:0] value_s, c_s, threshold_s;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_v (.x_i(value), .y_o(value_s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_c (.x_i(c), .y_o(c_s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_t (.x_i(threshold), .y_o(threshold_s));
    wire exceeded    = $signed({value_s, earlier}) > $signed({c_s, 1'b0});
    assign event_now = peak & (c_s > threshold_s) & over;
    assign y_data_o  = event_now ? c[Y_BITS-1:0] : {Y_BITS{1'b0}};

    always @(posedge clk_i) begin
        if (first) c <= value;
        if (first) peak <= 1'b1;
        else if (valid & exceeded) peak <= 1'b0;
    end

    always @(posedge clk_i)
        if (!rst_ni) y_valid_o <= 1'b0;
        else y_valid_o <= last | (y_valid_o & ~y_ready_i);
endmodule

`default_nettype wire
