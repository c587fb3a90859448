// For each element that is not 0 come five bytes, each once, that hold its unit, score and frame; only the first has its
// highest bit set; for an element that is 0 comes nothing. A byte stays until it is taken; elements are taken, in order,
// whenever no byte waits.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire       y_ready
);
    wire x_ready, y_valid, event_now;
    wire [7:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_events #(.UNITS(3), .SCORE_BITS(2)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data), .event_o(event_now)
    );
    check_stays #(.BITS(2), .ASSUMED(1)) x_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(x_valid), .ready_i(x_ready), .data_i(x_data)
    );
    check_stays #(.BITS(8)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data)
    );

    reg [1:0] unit;
    reg [13:0] frame;
    reg [39:0] due;  // the bytes still to come, the next one lowest
    reg [2:0] left;
    always @(posedge clk_i)
        if (!rst_ni) begin
            unit  <= 2'd0;
            frame <= 14'd0;
            left  <= 3'd0;
        end else begin
            if (x_valid & x_ready) begin
                unit  <= (unit == 2'd2) ? 2'd0 : unit + 1'b1;
                frame <= frame + (unit == 2'd2);
            end
            if (x_valid & x_ready & x_data != 2'd0) begin
                left <= 3'd5;
                due  <= {1'b0, frame[13:7], 1'b0, frame[6:0], 8'd0, 6'd0, x_data, 6'd32, unit};
            end else if (y_valid & y_ready) begin
                left <= left - 1'b1;
                due  <= due >> 8;
            end
        end

    always @(*)
        if (rst_ni) begin
            assert (y_valid == (left != 3'd0));
            assert (x_ready == (left == 3'd0));
            assert (event_now == (x_valid & x_ready & x_data != 2'd0));
            if (y_valid) assert (y_data == due[7:0]);
        end
endmodule

`default_nettype wire
