// Every consumer takes every beat of x once, in its own time, and no beat leaves x before all have it. A beat offered to
// a consumer stays; x moves on in the cycle in which the last consumer is ready.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire [2:0] y_ready
);
    wire x_ready;
    wire [2:0] y_valid;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_fork #(.N(3)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready),
        .y_valid_o(y_valid), .y_ready_i(y_ready)
    );
    check_stays #(.BITS(2), .ASSUMED(1)) x_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(x_valid), .ready_i(x_ready), .data_i(x_data)
    );

    reg [2:0] has;  // the consumers that have x's beat
    wire [2:0] now = has | (y_valid & y_ready);
    always @(posedge clk_i)
        if (!rst_ni | (x_valid & x_ready)) has <= 3'd0;
        else has <= now;

    genvar k;
    generate
        for (k = 0; k < 3; k = k + 1) begin : consumer
            check_stays #(.BITS(2)) y_stays (
                .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid[k]), .ready_i(y_ready[k]), .data_i(x_data)
            );
        end
    endgenerate
    always @(*)
        if (rst_ni) begin
            assert ((y_valid & has) == 3'd0);
            assert (y_valid == ({3{x_valid}} & ~has));
            if (x_valid) assert (x_ready == &now);
        end
endmodule

`default_nettype wire
