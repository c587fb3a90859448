// Every byte that es_uart_tx sends is received, once, in order and unchanged, also from a sender whose clock began at any
// time; nothing else is received, and idle_o is high when no byte is on its way.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [7:0] x_data
);
    localparam DIVIDE = 4;

    wire x_ready, line, valid, idle;
    wire [7:0] data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_uart_tx #(.DIVIDE(DIVIDE)) sender (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data), .line_o(line)
    );
    es_uart_rx #(.DIVIDE(DIVIDE)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .line_i(line), .valid_o(valid), .data_o(data), .idle_o(idle)
    );

    reg owed;
    reg [7:0] sent;
    reg [5:0] since;  // cycles since the beat
    always @(posedge clk_i)
        if (!rst_ni) begin
            owed  <= 1'b0;
            since <= 6'd0;
        end else if (x_valid & x_ready) begin
            owed  <= 1'b1;
            sent  <= x_data;
            since <= 6'd0;
        end else begin
            owed  <= owed & ~valid;
            since <= owed ? since + 1'b1 : 6'd0;
        end

    always @(*)
        if (rst_ni) begin
            if (valid) assert (owed & data == sent);
            assert (since < 10 * DIVIDE + 2);
            if (x_valid & x_ready) assert (!owed | valid);
            if (x_ready & !owed) assert (idle | valid);
        end
endmodule

`default_nettype wire
