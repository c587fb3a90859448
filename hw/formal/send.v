// Of what was taken at once, LANES sums or REST of them, each is sent once, lane 0 first, with the next bias added; the next
// sums are taken with the last one of these or after it; a single lane adds the bias as it goes. A beat stays until it is taken.
// Sums come from the second cycle after a reset on.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire        offer,
    input wire [11:0] x_data,
    input wire        rest,
    input wire        y_ready
);
    wire x_valid = offer & there;
    wire x_ready, y_valid, one_x_ready, one_y_valid;
    wire [3:0] y_data, one_y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_send #(.BITS(4), .LANES(3), .REST(2), .OUTPUTS(3), .BIAS_FILE("words.hex")) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data), .x_rest_i(rest),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data)
    );
    es_send #(.BITS(4), .LANES(1), .REST(1), .OUTPUTS(3), .BIAS_FILE("words.hex")) one (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(one_x_ready), .x_data_i(x_data[3:0]),
        .x_rest_i(rest), .y_valid_o(one_y_valid), .y_ready_i(y_ready), .y_data_o(one_y_data)
    );
    check_stays #(.BITS(4)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data)
    );

    reg there;
    initial there = 1'b0;
    reg [11:0] due;                // the sums still to come, the next one lowest
    reg [1:0] left;
    reg [11:0] biases, one_biases; // the next one lowest
    wire taken = x_valid & x_ready;
    wire sent  = y_valid & y_ready;
    always @(posedge clk_i) begin
        there <= rst_ni;
        if (!rst_ni) begin
            left       <= 2'd0;
            biases     <= 12'ha5c;
            one_biases <= 12'ha5c;
        end else begin
            left <= taken ? (rest ? 2'd2 : 2'd3) : left - sent;
            due  <= taken ? x_data : sent ? due >> 4 : due;
            if (sent) biases <= {biases[3:0], biases[11:4]};
            if (x_valid & y_ready) one_biases <= {one_biases[3:0], one_biases[11:4]};
        end
    end
    wire [3:0] sum     = due[3:0] + biases[3:0];
    wire [3:0] one_sum = x_data[3:0] + one_biases[3:0];

    always @(*)
        if (rst_ni) begin
            assert (y_valid == (left != 2'd0));
            assert (x_ready == (left == 2'd0 | (left == 2'd1 & y_ready)));
            if (y_valid) assert (y_data == sum);
            assert (one_y_valid == x_valid);
            assert (one_x_ready == y_ready);
            if (one_y_valid) assert (one_y_data == one_sum);
        end
endmodule

`default_nettype wire
