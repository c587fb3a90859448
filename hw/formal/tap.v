// A beat that is offered stays until it is taken. Beats pass as they are; of the followed node's each is shown when it passes, with its
// value, and none passes while there is no room. Any other tap shows what the others show.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire [1:0]  node,
    input wire        more_room,
    input wire        x_valid,
    input wire [2:0]  x_data,
    input wire        y_ready,
    input wire [67:0] others
);
    wire x_ready, y_valid;
    wire [67:0] shown;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    reg [1:0] followed;
    reg room;
    es_tap #(.BITS(3), .NODE(2), .SIZE(5), .RATE(4)) dut (
        .node_i({14'd0, followed}), .room_i(room), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .others_i(here ? 68'd0 : others), .shown_o(shown)
    );
    check_stays #(.BITS(3), .ASSUMED(1)) x_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(x_valid), .ready_i(x_ready), .data_i(x_data)
    );
    check_stays #(.BITS(3)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(x_data)
    );

    wire here = followed == 2'd2;
    always @(posedge clk_i)
        if (!rst_ni) begin
            followed <= node;
            room     <= 1'b0;
        end else room <= more_room | (room & ~shown[66]);

    always @(*)
        if (rst_ni) begin
            assert ((x_valid & x_ready) == (y_valid & y_ready));
            if (here & ~room) assert (!y_valid & !x_ready);
            if (!here | room) assert (y_valid == x_valid & x_ready == y_ready);
            if (!here) assert (shown == others);
            if (here) assert (shown == {1'b1, y_valid & y_ready, 2'd0, 16'd3, 16'd4, {29{x_data[2]}}, x_data});
        end
endmodule

`default_nettype wire
