// The followed node's values are read in the order in which they came, each once, with its place in its frame and the frame's number,
// of which the low bits are followed. A message ends with a frame, when nothing more waits and at its longest; there is room for
// as many values as its RAM has words, less one. What is called done is what is, or the input frames whose values were read, of which
// the low bits are followed.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       offer,
    input wire [1:0] data,
    input wire       follow,  // the value that comes now is the one to be followed
    input wire       read_wanted,
    input wire [3:0] done
);
    localparam SIZE = 3, RATE = 2;

    wire room, there, last;
    wire [15:0] node, offset;
    wire [31:0] frame, value, done_told;
    wire [1:0] more;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    reg chosen;
    wire goes = offer & room & chosen & node == 16'd7;
    wire read = read_wanted & there;
    es_link_trace #(.BITS(2), .ADDRESS(2), .LONG(1)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .choose_i(~chosen), .node_i(16'd7), .node_o(node), .room_o(room),
        .shown_i({68{node == 16'd7}} & {1'b1, goes, 2'd0, 16'd1, 16'd2, 30'd0, data}),
        .there_o(there), .offset_o(offset), .frame_o(frame), .read_i(read), .value_o(value), .more_o(more),
        .last_o(last), .done_i({28'd0, done}), .done_o(done_told)
    );

    reg [1:0] held, at, before, followed;
    reg [2:0] frames;
    reg mine, taken, begun, was_last, was_long;
    always @(posedge clk_i)
        if (!rst_ni) begin
            chosen <= 1'b0;
            begun  <= 1'b0;
            held   <= 2'd0;
            at     <= 2'd0;
            frames <= 3'd0;
            mine   <= 1'b0;
            taken  <= 1'b0;
        end else begin
            chosen <= 1'b1;
            begun  <= chosen;
            held   <= held + goes - read;
            taken  <= read & mine & before == 2'd0;
            if (read) at <= (at == SIZE - 1) ? 2'd0 : at + 1'b1;
            if (read & at == SIZE - 1) frames <= frames + 1'b1;
            was_last <= read & (at == SIZE - 1 | at[0]);
            was_long <= read;
            if (!mine) begin
                mine     <= goes & follow;
                before   <= held - read;
                followed <= data;
            end else if (read) begin
                before <= before - 1'b1;
                mine   <= before != 2'd0;
            end
        end

    wire [3:0] through = {frames, 1'b1};  // input frames that the values read are of
    always @(*)
        if (rst_ni & begun) begin
            assert (there == (held != 2'd0));
            assert (room == (held != 2'd3));
            assert (offset == {14'd0, at} & frame[2:0] == frames);
            if (taken) assert (value == {30'd0, followed});
            if (was_long) assert (last == (was_last | ~there));
            assert (done_told[3:0] == done | done_told[3:0] == through);
        end
endmodule

`default_nettype wire
