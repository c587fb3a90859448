// forked at 1000 Hz, emitted by edgesort from graph e83275b48a366d7a.
// One instance a node, named like it. Streams carry frames element by element, last axis fastest.
`default_nettype none

module model (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire x_valid_i,
    output wire x_ready_o,
    input  wire [7:0] x_data_i,
    output wire y0_valid_o,
    input  wire y0_ready_i,
    output wire [4:0] y0_data_o,
    output wire y1_valid_o,
    input  wire y1_ready_i,
    output wire [13:0] y1_data_o,
    output wire y2_valid_o,
    input  wire y2_ready_i,
    output wire [5:0] y2_data_o,
    output wire y3_valid_o,
    input  wire y3_ready_i,
    output wire [7:0] y3_data_o
);
    // in put: i8[2] = input
    wire in_put_valid, in_put_ready;
    wire [7:0] in_put_data;
    wire [1:0] in_put_valid_to, in_put_ready_to;
    es_fork #(.N(2)) in_put_fork (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(in_put_valid), .x_ready_o(in_put_ready),
        .y_valid_o(in_put_valid_to), .y_ready_i(in_put_ready_to)
    );
    assign in_put_valid = x_valid_i;
    assign x_ready_o = in_put_ready;
    assign in_put_data = x_data_i;

    // reg: i8[4] = window(in put; kernel=2 dilation=1 stride=1)
    wire reg__valid, reg__ready;
    wire [7:0] reg__data;
    wire [3:0] reg__valid_to, reg__ready_to;
    es_fork #(.N(4)) reg__fork (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(reg__valid), .x_ready_o(reg__ready),
        .y_valid_o(reg__valid_to), .y_ready_i(reg__ready_to)
    );
    es_window #(
        .BITS(8),
        .LINES(1),
        .CHANNELS(2),
        .KERNEL(2),
        .DILATION(1),
        .STRIDE(1)
    ) reg_ (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(in_put_valid_to[0]), .x_ready_o(in_put_ready_to[0]), .x_data_i(in_put_data),
        .y_valid_o(reg__valid), .y_ready_i(reg__ready), .y_data_o(reg__data)
    );

    // unused: i4[2] = requant(in put; shift=(1,) dtype=i4)
    wire unused_valid, unused_ready;
    wire [3:0] unused_data;
    assign unused_ready = 1'b1;  // nobody takes it
    es_requant #(
        .X_BITS(8),
        .X_SIGNED(1),
        .Y_BITS(4),
        .Y_SIGNED(1),
        .COUNT(1),
        .SHIFTS(6'd1)
    ) unused (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(in_put_valid_to[1]), .x_ready_o(in_put_ready_to[1]), .x_data_i(in_put_data),
        .y_valid_o(unused_valid), .y_ready_i(unused_ready), .y_data_o(unused_data)
    );

    // a.b: i5[4] = requant(reg; shift=(2,) dtype=i5)
    wire a_b_valid, a_b_ready;
    wire [4:0] a_b_data;
    es_requant #(
        .X_BITS(8),
        .X_SIGNED(1),
        .Y_BITS(5),
        .Y_SIGNED(1),
        .COUNT(1),
        .SHIFTS(6'd2)
    ) a_b (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(reg__valid_to[0]), .x_ready_o(reg__ready_to[0]), .x_data_i(reg__data),
        .y_valid_o(a_b_valid), .y_ready_i(a_b_ready), .y_data_o(a_b_data)
    );

    // a_b: i14[3] = dense(reg; weight=[3,4]#de684daf bias=[2182,-378,-4234] groups=1 weight_exponent=0)
    wire a_b__valid, a_b__ready;
    wire [13:0] a_b__data;
    es_dense #(
        .X_BITS(8),
        .X_SIGNED(1),
        .WEIGHT_BITS(4),
        .Y_BITS(14),
        .INPUTS(4),
        .OUTPUTS(3),
        .GROUPS(1),
        .PARALLEL(1),
        .ENGINE(0),
        .PLANES(1),
        .HALVES(1),
        .BIASED(1),
        .WEIGHT_FILE("model_rom/a_b__weight.hex"),
        .BIAS_FILE("model_rom/a_b__bias.hex")
    ) a_b_ (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(reg__valid_to[1]), .x_ready_o(reg__ready_to[1]), .x_data_i(reg__data),
        .y_valid_o(a_b__valid), .y_ready_i(a_b__ready), .y_data_o(a_b__data)
    );

    // a_b_valid: u6[4] = requant(reg; shift=(0,) dtype=u6)
    wire a_b_valid__valid, a_b_valid__ready;
    wire [5:0] a_b_valid__data;
    es_requant #(
        .X_BITS(8),
        .X_SIGNED(1),
        .Y_BITS(6),
        .Y_SIGNED(0),
        .COUNT(1),
        .SHIFTS(6'd0)
    ) a_b_valid_ (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(reg__valid_to[2]), .x_ready_o(reg__ready_to[2]), .x_data_i(reg__data),
        .y_valid_o(a_b_valid__valid), .y_ready_i(a_b_valid__ready), .y_data_o(a_b_valid__data)
    );

    assign y0_valid_o = a_b_valid;
    assign a_b_ready = y0_ready_i;
    assign y0_data_o = a_b_data;

    assign y1_valid_o = a_b__valid;
    assign a_b__ready = y1_ready_i;
    assign y1_data_o = a_b__data;

    assign y2_valid_o = a_b_valid__valid;
    assign a_b_valid__ready = y2_ready_i;
    assign y2_data_o = a_b_valid__data;

    assign y3_valid_o = reg__valid_to[3];
    assign reg__ready_to[3] = y3_ready_i;
    assign y3_data_o = reg__data;
endmodule

`default_nettype wire
// model_rom/a_b__bias.hex
0886
3e86
2f76
// model_rom/a_b__weight.hex
8
9
a
b
a
4
5
1
8
9
d
7
