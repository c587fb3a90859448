// What goes to y are the samples of kept messages, each once, in order; a word of a message that was not kept is never
// sent, nor is any other before it. A beat stays until it is taken, and comes within 9 cycles when there is one.
// Messages fill their slots, and of a word the lowest bit is followed.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire        write,
    input wire        forget,
    input wire [15:0] data,
    input wire        y_ready,
    input wire        follow
);
    wire full, there, y_valid;
    wire [15:0] taken, y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));

    // A message is written as es_link_hear does: words 2 and 3, its samples; 0, its number; 1, its end, with which it is kept.
    reg [1:0] at;
    wire keep   = at == 2'd1;
    wire sample = at[1] & write & ~full;
    es_link_ring #(.SLOT(2), .SLOTS(1)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .we_i(~at[1] | sample), .at_i({14'd0, at}), .data_i(keep ? 16'd4 : data),
        .keep_i(keep), .next_i(16'd0), .full_o(full), .there_o(there), .taken_o(taken),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data)
    );
    check_stays #(.BITS(1)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data[0])
    );

    wire sent = y_valid & y_ready;
    reg [2:0] owed;    // samples of kept messages, not yet sent
    reg [3:0] waits;
    reg mine;          // a sample is followed
    reg sure;          // its message was kept
    reg [2:0] before;  // samples that are sent before it
    reg followed;
    always @(posedge clk_i)
        if (!rst_ni) begin
            at    <= 2'd2;
            owed  <= 3'd0;
            waits <= 4'd0;
            mine  <= 1'b0;
            sure  <= 1'b0;
        end else begin
            if (at[1] & forget) at <= 2'd2;
            else if (~at[1] | sample) at <= (at == 2'd1) ? 2'd2 : at + 1'b1;
            owed  <= owed + {keep, 1'b0} - sent;
            waits <= (owed == 3'd0 | y_valid) ? 4'd0 : waits + 1'b1;
            if (!mine) begin
                mine     <= sample & ~forget & follow;
                sure     <= 1'b0;
                before   <= owed + at[0] - sent;
                followed <= data[0];
            end else begin
                if (keep) sure <= 1'b1;
                if (at[1] & forget & ~sure) mine <= 1'b0;
                if (sent) before <= before - 1'b1;
                if (sent & before == 3'd0) mine <= 1'b0;
            end
        end

    always @(*)
        if (rst_ni) begin
            if (y_valid) assert (owed != 3'd0);
            assert (owed <= 3'd4);
            assert (waits < 4'd9);
            if (mine & y_valid & before == 3'd0) assert (sure & y_data[0] == followed);
            if (full) assert (there);
        end
endmodule

`default_nettype wire
