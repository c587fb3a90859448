// Of any bytes: a block's first byte tells how many follow, fewer than 255 of them are followed by a zero if the message goes
// on, and a zero ends it; end_o says so if it had any byte, and owed_o how many its last block had still to come.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [7:0] x_data
);
    wire y_valid, ends;
    wire [7:0] y_data, owed;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_cobs_decode dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_data_i(x_data),
        .y_valid_o(y_valid), .y_data_o(y_data), .end_o(ends), .owed_o(owed)
    );

    // In the words of a reader: the block's bytes that are still to come, and whether a zero follows them.
    reg any, bare;
    reg [7:0] rest;
    wire complete = rest == 8'd0;
    always @(posedge clk_i)
        if (!rst_ni) begin
            any  <= 1'b0;
            rest <= 8'd0;
        end else if (x_valid) begin
            any <= x_data != 8'd0;
            if (x_data == 8'd0) rest <= 8'd0;
            else if (complete) {bare, rest} <= {x_data == 8'd255, x_data - 8'd1};
            else rest <= rest - 1'b1;
        end

    always @(*)
        if (rst_ni) begin
            assert (owed == rest);
            assert (ends == (x_valid & x_data == 8'd0 & any));
            assert (y_valid == (x_valid & x_data != 8'd0 & (~complete | (any & ~bare))));
            if (y_valid) assert (y_data == (complete ? 8'd0 : x_data));
        end
endmodule

`default_nettype wire
