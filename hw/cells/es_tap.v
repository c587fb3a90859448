// A node's stream on its way, shown to es_link_trace while the node is the one that it follows.
//
// x goes to y as it is; of the followed node an element goes only while there is room for it. Then shown_o says in each cycle,
// from its lowest bit: the element's value, extended to 32 bits; the index of a frame's last element; input frames a
// frame, less one; bytes of a value, less one; an element goes; the node is here. Of any other node shown_o is others_i,
// so the taps of a model are a chain.
// Latency: none. Ranges: BITS of 1 to 32, SIZE and RATE of 1 to 65536; node_i changes only while nothing is offered, and
// room_i falls only when an element has gone.
`default_nettype none

module es_tap #(
    parameter BITS   = 8,
    parameter SIGNED = 1,
    parameter NODE   = 0,
    parameter SIZE   = 1,  // elements of a frame
    parameter RATE   = 1   // input frames a frame
) (
    input  wire [15:0]     node_i,
    input  wire            room_i,
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output wire            y_valid_o,
    input  wire            y_ready_i,
    input  wire [67:0]     others_i,
    output wire [67:0]     shown_o
);
    localparam OWN = NODE, LAST = SIZE - 1, LATER = RATE - 1;
    localparam [1:0] MORE = (BITS > 16) ? 2'd3 : (BITS > 8) ? 2'd1 : 2'd0;

    wire here = (node_i == OWN[15:0]);
    wire goes = room_i | ~here;
    assign y_valid_o = x_valid_i & goes;
    assign x_ready_o = y_ready_i & goes;

    wire [31:0] value;
    es_resize #(.X_BITS(BITS), .X_SIGNED(SIGNED), .Y_BITS(32)) extend (.x_i(x_data_i), .y_o(value));
    assign shown_o = others_i | ({68{here}} & {1'b1, y_valid_o & y_ready_i, MORE, LATER[15:0], LAST[15:0], value});
endmodule

`default_nettype wire
