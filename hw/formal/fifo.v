// Beats leave in the order in which they came, each once and with its data: any one of them, followed through the queue.
// It never holds more than DEPTH beats, takes one whenever it holds fewer, and sends one within 2 cycles.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire       follow,  // the beat that is taken now is the one to be followed
    input wire       y_ready
);
    localparam DEPTH = 3;

    wire x_ready, y_valid;
    wire [1:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_fifo #(.BITS(2), .ADDRESS(2), .DEPTH(DEPTH)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data)
    );
    check_stays #(.BITS(2), .ASSUMED(1)) x_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(x_valid), .ready_i(x_ready), .data_i(x_data)
    );
    check_stays #(.BITS(2)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data)
    );

    wire taken = x_valid & x_ready;
    wire sent  = y_valid & y_ready;
    reg [2:0] held;
    reg following;
    reg [2:0] before;  // beats that must leave before the followed one
    reg [1:0] followed;
    reg [1:0] waits;
    always @(posedge clk_i)
        if (!rst_ni) begin
            held      <= 3'd0;
            following <= 1'b0;
            waits     <= 2'd0;
        end else begin
            held  <= held + taken - sent;
            waits <= (held == 3'd0 | y_valid) ? 2'd0 : waits + 1'b1;
            if (!following) begin
                following <= taken & follow;
                before    <= held - sent;
                followed  <= x_data;
            end else if (sent) begin
                before    <= before - 1'b1;
                following <= before != 3'd0;
            end
        end

    always @(*)
        if (rst_ni) begin
            assert (held <= DEPTH);
            if (held < DEPTH - 1) assert (x_ready);
            if (y_valid) assert (held != 3'd0);
            assert (waits < 2);
            if (following & y_valid & before == 3'd0) assert (y_data == followed);
            if (following) assert (before < held);
        end
endmodule

`default_nettype wire
