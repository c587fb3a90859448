// A byte stays until it is taken. A message begins only when it is wanted and the line was free, has one type from its first
// byte to its last, and ends with one that says so; HELLO has as many bytes as the file and the session, and words of
// records are read only after EVENTS took them. TRACE ends with a value with which it should, and a value is read only for it.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire [4:0]  wanted,
    input wire [31:0] session,
    input wire [31:0] number,
    input wire [1:0]  waiting,
    input wire [15:0] word,
    input wire        value_last,
    input wire        y_ready
);
    wire said, ended, take, read, value_read, y_valid, y_last;
    wire [2:0] kind;
    wire [7:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_link_say #(.HELLO_BYTES(16), .HELLO_FILE("hello.hex"), .COUNT(2), .TRACE(8)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .hello_i(wanted[0]), .error_i(wanted[1]), .stats_i(wanted[2]),
        .events_i(wanted[3]), .trace_i(wanted[4]), .said_o(said), .kind_o(kind), .ended_o(ended), .session_i(session),
        .taken_i(number[15:0]), .done_i(number), .events_count_i(number), .worst_i(number), .code_i(number[3:0]),
        .expected_i(number), .found_i(number), .waiting_i(waiting), .take_o(take), .read_o(read), .word_i(word),
        .node_i(word), .offset_i(word), .frame_i(number), .value_read_o(value_read), .value_i(number),
        .value_more_i(waiting), .value_last_i(value_last),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data), .y_last_o(y_last)
    );
    check_stays #(.BITS(9)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i({y_last, y_data})
    );

    reg busy, took, was_read, owed;  // a value was read in the last cycle; one with which the message is to go on
    reg [2:0] which;
    reg [4:0] hello_bytes;
    always @(posedge clk_i)
        if (!rst_ni) begin
            busy        <= 1'b0;
            took        <= 1'b0;
            was_read    <= 1'b0;
            owed        <= 1'b1;
            hello_bytes <= 5'd0;
        end else begin
            busy  <= said | (busy & ~ended);
            took  <= take | (took & ~ended);
            if (said) which <= kind;
            was_read <= value_read;
            if (ended) owed <= 1'b1;
            else if (was_read) owed <= ~value_last;
            hello_bytes <= ended ? 5'd0 : hello_bytes + (y_valid & y_ready & kind == 3'd1);
        end

    always @(*)
        if (rst_ni) begin
            assert (!(said & busy));
            if (y_valid) assert (busy & kind == which);
            if (read) assert (took);
            if (value_read) assert (busy & which == 3'd5 & owed);
            if (ended & kind == 3'd5) assert (!owed);
            if (take) assert (busy & which == 3'd4);
            assert (ended == (y_valid & y_ready & y_last));
            if (ended & kind == 3'd1) assert (hello_bytes == 5'd15);
        end
endmodule

`default_nettype wire
