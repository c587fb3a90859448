// For each beat come the 2 * REACH + 1 words of its element's history, each once, in the order that the header says, with
// the marks that belong to it, whatever the beats and however long each waits for done_i; before the first frame, zeros.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [1:0] x_data,
    input wire       done
);
    localparam REACH = 1, CHANNELS = 2, WORDS = 2 * REACH + 1;

    wire x_ready, clear, valid, first, earlier, last;
    wire [2:0] unused_clear_at;
    wire [1:0] value;
    reset_first start (.clk_i(clk_i), .rst_ni(rst_ni));
    es_history #(.BITS(2), .CHANNELS(CHANNELS), .REACH(REACH)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data), .done_i(done),
        .clear_o(clear), .clear_at_o(unused_clear_at), .value_o(value), .valid_o(valid), .first_o(first),
        .earlier_o(earlier), .last_o(last)
    );

    wire taken = x_valid & x_ready;
    reg [2*WORDS*CHANNELS-1:0] past;  // the newest beat lowest
    reg busy;                         // a beat's words are due, or it waits to be done
    reg [1:0] word;                   // which is next: the centre, the one after it, the one before it
    reg [1:0] wait_clear;
    wire [1:0] back = (word == 2'd0) ? 2'd1 : (word == 2'd1) ? 2'd0 : 2'd2;  // frames before the newest
    reg [3:0] waits;
    always @(posedge clk_i)
        if (!rst_ni) begin
            past  <= 0;
            busy  <= 1'b0;
            word  <= 2'd0;
            waits <= 4'd0;
        end else begin
            if (taken) past <= {past[2*WORDS*CHANNELS-3:0], x_data};
            busy  <= taken | (busy & ~(done & word == WORDS & ~valid));
            word  <= taken ? 2'd0 : valid ? word + 1'b1 : word;
            waits <= (busy ? word == WORDS | valid : ~x_valid | x_ready) ? 4'd0 : waits + 1'b1;
        end
    // done_i answers the last word, after it, as es_peak and es_local_peak have it.
    always @(*) if (done) assume (busy & word == WORDS & ~valid);

    always @(*)
        if (rst_ni) begin
            assert (waits < 10);
            assert (!(x_ready & busy));
            if (valid) begin
                assert (busy & word != WORDS);
                assert (value == past[2*CHANNELS*back +: 2]);
                assert (first == (word == 2'd0));
                assert (earlier == (word == 2'd2));
                assert (last == (word == 2'd2));
            end else assert (!first & !last);
            if (clear) assert (!busy);
        end
endmodule

`default_nettype wire
