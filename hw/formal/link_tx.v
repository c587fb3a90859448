// On the line comes a message at a time, of six bytes more than were taken, of which the last one alone is zero: the first
// block's length, the bytes, four of the check, zero. A message that is dropped before its last byte leaves nothing on the
// line. A beat stays until it is taken, and a byte is taken only when the line has none.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire        drop,
    input wire [31:0] start,
    input wire        offer,
    input wire [7:0]  x_data,
    input wire        x_end,
    input wire        y_ready
);
    localparam MOST = 3;  // bytes of a message

    wire x_ready, y_valid;
    wire [7:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    reg [1:0] taken;      // bytes of the message
    wire x_last = x_end | taken == MOST - 1;
    es_link_tx #(.ADDRESS(4)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .drop_i(drop), .start_i(start), .x_valid_i(offer), .x_ready_o(x_ready),
        .x_data_i(x_data), .x_last_i(x_last), .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data)
    );
    check_stays #(.BITS(8)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data)
    );

    reg made;             // all was taken
    reg [3:0] left;       // bytes that are still to come
    wire takes = offer & x_ready;
    wire sends = y_valid & y_ready;
    always @(posedge clk_i)
        if (!rst_ni) begin
            taken <= 2'd0;
            made  <= 1'b0;
        end else begin
            if (drop & ~made) taken <= 2'd0;
            else if (takes) begin
                taken <= x_last ? 2'd0 : taken + 1'b1;
                made  <= x_last;
                left  <= taken + 7;
            end
            if (sends) begin
                left <= left - 1'b1;
                if (left == 4'd1) made <= 1'b0;
            end
        end

    always @(*)
        if (rst_ni) begin
            if (x_ready) assert (!made);
            if (y_valid) assert (made & left != 4'd0 & (y_data == 8'd0) == (left == 4'd1));
        end
endmodule

`default_nettype wire
