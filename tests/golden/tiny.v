// tiny at 1000 Hz, emitted by edgesort from graph 3e2d64c411008490.
// One instance a node, named like it. Streams carry frames element by element, last axis fastest.
`default_nettype none

module model (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire x_valid_i,
    output wire x_ready_o,
    input  wire [15:0] x_data_i,
    output wire y_valid_o,
    input  wire y_ready_i,
    output wire [5:0] y_data_o
);
    // adc: i16[1] = input
    wire adc_valid, adc_ready;
    wire [15:0] adc_data;
    assign adc_valid = x_valid_i;
    assign x_ready_o = adc_ready;
    assign adc_data = x_data_i;

    // highpass: i22*2^-6[1] = biquad(adc; sections=((15305,-30611,15305,-30537,14300),) bits=22 fraction=14 guard=6)
    wire highpass_valid, highpass_ready;
    wire [21:0] highpass_data;
    es_biquad #(
        .X_BITS(16),
        .Y_BITS(22),
        .GUARD(6),
        .FRACTION(14),
        .SECTIONS(1),
        .ELEMENTS(1),
        .DIGITS(1),
        .COEFFICIENTS({16'd15305, -16'd30611, 16'd15305, -16'd30537, 16'd14300})
    ) highpass (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(adc_valid), .x_ready_o(adc_ready), .x_data_i(adc_data),
        .y_valid_o(highpass_valid), .y_ready_i(highpass_ready), .y_data_o(highpass_data)
    );

    // scale: i8[1] = requant(highpass; shift=(12,) dtype=i8)
    wire scale_valid, scale_ready;
    wire [7:0] scale_data;
    es_requant #(
        .X_BITS(22),
        .X_SIGNED(1),
        .Y_BITS(8),
        .Y_SIGNED(1),
        .COUNT(1),
        .SHIFTS(6'd12)
    ) scale (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(highpass_valid), .x_ready_o(highpass_ready), .x_data_i(highpass_data),
        .y_valid_o(scale_valid), .y_ready_i(scale_ready), .y_data_o(scale_data)
    );

    // conv1_window: i8[3] = window(scale; kernel=3 dilation=1 stride=1)
    wire conv1_window_valid, conv1_window_ready;
    wire [7:0] conv1_window_data;
    es_window #(
        .BITS(8),
        .LINES(1),
        .CHANNELS(1),
        .KERNEL(3),
        .DILATION(1),
        .STRIDE(1)
    ) conv1_window (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(scale_valid), .x_ready_o(scale_ready), .x_data_i(scale_data),
        .y_valid_o(conv1_window_valid), .y_ready_i(conv1_window_ready), .y_data_o(conv1_window_data)
    );

    // conv1: i12[2] = dense(conv1_window; weight=[[1,-2,3],[-4,5,-6]] bias=[7,-8] groups=1 weight_exponent=0)
    wire conv1_valid, conv1_ready;
    wire [11:0] conv1_data;
    es_dense #(
        .X_BITS(8),
        .X_SIGNED(1),
        .WEIGHT_BITS(4),
        .Y_BITS(12),
        .INPUTS(3),
        .OUTPUTS(2),
        .GROUPS(1),
        .PARALLEL(1),
        .ENGINE(0),
        .PLANES(1),
        .HALVES(1),
        .BIASED(1),
        .WEIGHT_FILE("model_rom/conv1_weight.hex"),
        .BIAS_FILE("model_rom/conv1_bias.hex")
    ) conv1 (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(conv1_window_valid), .x_ready_o(conv1_window_ready), .x_data_i(conv1_window_data),
        .y_valid_o(conv1_valid), .y_ready_i(conv1_ready), .y_data_o(conv1_data)
    );

    // score: u6[2] = requant(conv1; shift=(3,4) dtype=u6)
    wire score_valid, score_ready;
    wire [5:0] score_data;
    es_requant #(
        .X_BITS(12),
        .X_SIGNED(1),
        .Y_BITS(6),
        .Y_SIGNED(0),
        .COUNT(2),
        .SHIFTS({6'd4, 6'd3})
    ) score (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(conv1_valid), .x_ready_o(conv1_ready), .x_data_i(conv1_data),
        .y_valid_o(score_valid), .y_ready_i(score_ready), .y_data_o(score_data)
    );

    // events: u6[2] = peak(score; threshold=(5,6) reach=2 refractory=3)
    wire events_valid, events_ready;
    wire [5:0] events_data;
    es_peak #(
        .X_BITS(6),
        .X_SIGNED(0),
        .Y_BITS(6),
        .CHANNELS(2),
        .REACH(2),
        .REFRACTORY(3),
        .COUNT(2),
        .THRESHOLDS({6'd6, 6'd5})
    ) events (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(score_valid), .x_ready_o(score_ready), .x_data_i(score_data),
        .y_valid_o(events_valid), .y_ready_i(events_ready), .y_data_o(events_data)
    );

    assign y_valid_o = events_valid;
    assign events_ready = y_ready_i;
    assign y_data_o = events_data;
endmodule

`default_nettype wire
// model_rom/conv1_bias.hex
007
ff8
// model_rom/conv1_weight.hex
1
e
3
c
5
a
