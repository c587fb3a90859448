// An element that is not 0 makes a record when it is taken, within four cycles of room for it, and waits while as many records
// wait as the queue may hold; an element of 0 is taken at once. waiting_o counts the records that were not taken, and
// done_o, whose low bits are followed, the input frames of all that was taken.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire       take_wanted,
    input wire       read_wanted
);
    wire x_ready, event_now, frame_now;
    wire [1:0] waiting;
    wire [31:0] done;
    wire [15:0] word;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_link_records #(.UNITS(3), .SCORE_BITS(2), .RECORDS(2), .RATE(3)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
        .take_i(take), .waiting_o(waiting), .done_o(done), .event_o(event_now), .frame_o(frame_now),
        .read_i(read), .word_o(word)
    );
    check_stays #(.BITS(2), .ASSUMED(1)) x_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(x_valid), .ready_i(x_ready), .data_i(x_data)
    );

    wire taken = x_valid & x_ready;
    reg [1:0] unit;
    reg [3:0] frame;      // input frames of what was taken
    reg [1:0] wait_count; // records that nobody took
    reg [1:0] stuck;      // cycles that an event waited with room for it
    reg [3:0] left;       // words that were taken and not yet read
    wire take = take_wanted & left == 4'd0;
    wire read = read_wanted & left != 4'd0;

    always @(posedge clk_i)
        if (!rst_ni) begin
            unit       <= 2'd0;
            frame      <= 4'd0;
            wait_count <= 2'd0;
            left       <= 4'd0;
            stuck      <= 2'd0;
        end else begin
            if (taken) unit <= (unit == 2'd2) ? 2'd0 : unit + 1'b1;
            if (taken & unit == 2'd2) frame <= frame + 3;
            wait_count <= (take ? 2'd0 : wait_count) + event_now;
            left       <= take ? {wait_count, 2'd0} : left - read;
            stuck      <= (x_valid & ~x_ready & wait_count != 2'd2) ? stuck + 1'b1 : 2'd0;
        end

    always @(*)
        if (rst_ni) begin
            assert (waiting == wait_count);
            assert (wait_count <= 2'd2);
            assert (done[3:0] == frame);
            assert (frame_now == (taken & unit == 2'd2));
            assert (event_now == (taken & x_data != 2'd0));
            if (x_valid & x_data == 2'd0) assert (x_ready);
            assert (stuck != 2'd3 | x_ready | ~x_valid | wait_count == 2'd2);
            if (wait_count == 2'd2 & x_valid & x_data != 2'd0) assert (!x_ready);
        end
endmodule

`default_nettype wire
