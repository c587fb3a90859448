// Every second byte makes a sample with the byte before it, and none is lost or doubled unless overrun_o says so; a sample
// stays until it is taken. After a gap the next byte is a low one, and the frame that it cut is filled with zeros: so
// a frame always has CHANNELS samples.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       byte_valid,
    input wire [7:0] byte_data,
    input wire       idle,
    input wire       y_ready
);
    localparam GAP = 2;

    wire y_valid, overrun;
    wire [15:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_samples #(.CHANNELS(3), .GAP(GAP)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .byte_valid_i(byte_valid), .byte_data_i(byte_data), .line_idle_i(idle),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data), .overrun_o(overrun)
    );
    check_stays #(.BITS(16)) y_stays (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(y_valid), .ready_i(y_ready), .data_i(y_data)
    );

    // The same in the words of a reader: what is due is what the bytes and the gaps have made.
    reg [GAP:0] quiet;
    reg second, due, lost;
    reg [7:0] low;
    reg [15:0] sample;
    reg [1:0] channel;  // of the next sample
    wire gap     = quiet == 1 << GAP;
    wire blocked = due & ~y_ready;
    wire made    = byte_valid & second & ~blocked;
    wire filled  = gap & channel != 2'd0 & ~blocked;
    always @(posedge clk_i)
        if (!rst_ni) begin
            quiet   <= 0;
            second  <= 1'b0;
            due     <= 1'b0;
            lost    <= 1'b0;
            channel <= 2'd0;
        end else begin
            quiet  <= (byte_valid | ~idle) ? 0 : gap ? quiet : quiet + 1'b1;
            second <= byte_valid ? ~second : second & ~gap;
            due    <= made | filled | blocked;
            lost   <= lost | (byte_valid & second & blocked);
            if (byte_valid) low <= byte_data;
            if (made) sample <= {byte_data, low};
            else if (filled) sample <= 16'd0;
            if (made | filled) channel <= (channel == 2'd2) ? 2'd0 : channel + 1'b1;
        end

    always @(*)
        if (rst_ni) begin
            assert (y_valid == due);
            assert (overrun == lost);
            if (due) assert (y_data == sample);
        end
endmodule

`default_nettype wire
