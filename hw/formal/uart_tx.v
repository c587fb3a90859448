// The line carries a start bit, the eight bits of each beat taken, lowest first, and a stop bit, each DIVIDE cycles long;
// it is high when there is nothing to send, and a beat is taken whenever that is so.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [7:0] x_data
);
    localparam DIVIDE = 3;

    wire x_ready, line;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_uart_tx #(.DIVIDE(DIVIDE)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data), .line_o(line)
    );

    reg [5:0] left;  // cycles
    reg [9:0] bits;  // the one on the line lowest
    reg [1:0] cycle;
    always @(posedge clk_i)
        if (!rst_ni) begin
            left <= 6'd0;
            bits <= 10'h3ff;
        end else if (x_valid & x_ready) begin
            left  <= 10 * DIVIDE;
            cycle <= 2'd0;
            bits  <= {1'b1, x_data, 1'b0};
        end else if (left != 6'd0) begin
            left  <= left - 1'b1;
            cycle <= (cycle == DIVIDE - 1) ? 2'd0 : cycle + 1'b1;
            if (cycle == DIVIDE - 1) bits <= {1'b1, bits[9:1]};
        end

    always @(*)
        if (rst_ni) begin
            assert (x_ready == (left == 6'd0));
            assert (line == bits[0]);
        end
endmodule

`default_nettype wire
