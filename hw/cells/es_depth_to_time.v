// Frames of LINES x FACTOR x CHANNELS elements are sent in FACTOR parts of LINES x CHANNELS; before the first frame
// come FACTOR - 1 parts of zeros.
//
// An es_upsample repeats each frame; of the copies, each gives the part whose turn it is.
// Latency: that of es_upsample. Cycles a frame: SIZE + FACTOR * SIZE, where SIZE is its elements.
// Ranges: all parameters 1 or more.
`default_nettype none

module es_depth_to_time #(
    parameter BITS     = 8,
    parameter LINES    = 1,
    parameter CHANNELS = 2,
    parameter FACTOR   = 2,
    parameter [1:0] STYLES = 0  // STYLE of its memory
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
    localparam F = (FACTOR > 1) ? $clog2(FACTOR) : 1;

    wire valid, channel_last, part_last, line_last, copy_last;
    wire [F-1:0] part, copy_at, turn;
    assign turn = copy_last ? {F{1'b0}} : copy_at + 1'b1;  // the zeros stand for the parts from 1 on
    wire due  = (part == turn);
    wire pass = y_ready_i | ~due;
    wire sent = valid & pass;
    es_upsample #(.BITS(BITS), .SIZE(LINES * FACTOR * CHANNELS), .FACTOR(FACTOR), .STYLES(STYLES)) copies (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .y_valid_o(valid), .y_ready_i(pass), .y_data_o(y_data_o)
    );
    es_tick  #(.N(CHANNELS)) channel (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(sent), .last_o(channel_last));
    es_count #(.N(FACTOR))   in_line (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(sent & channel_last), .at_o(part), .last_o(part_last)
    );
    es_tick  #(.N(LINES))    line    (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(sent & channel_last & part_last), .last_o(line_last)
    );
    es_count #(.N(FACTOR))   copy    (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(sent & channel_last & part_last & line_last),
        .at_o(copy_at), .last_o(copy_last)
    );
    assign y_valid_o = valid & due;
endmodule

`default_nettype wire
