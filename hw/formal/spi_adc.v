// With CS low SCLK rises 16 times, no more and no less, and it is low when CS changes; MOSI stays from before each rise to
// the fall after it; and CS is high for three cycles at least between two commands.
`default_nettype none

module proof (
    input wire clk_i,
    input wire rst_ni,
    input wire miso,
    input wire y_ready
);
    wire cs, sclk, mosi, y_valid, overrun;
    wire [15:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_spi_adc #(.CHANNELS(1), .PERIOD(108), .HALF(1), .REST(3), .INITS(2), .INIT(32'hff00_5500)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .cs_no(cs), .sclk_o(sclk), .mosi_o(mosi), .miso_i(miso),
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data), .overrun_o(overrun)
    );

    // What was, one cycle ago. In a reset a command may break off.
    reg was_cs, was_sclk, was_mosi, known;
    reg [4:0] rises;
    reg [1:0] high;
    initial known = 1'b0;
    always @(posedge clk_i) begin
        {known, was_cs, was_sclk, was_mosi} <= {rst_ni, cs, sclk, mosi};
        rises <= (!rst_ni | cs) ? 5'd0 : rises + (sclk & ~was_sclk);
        high  <= !rst_ni ? 2'd3 : cs ? high + (high != 2'd3) : 2'd0;
    end

    always @(*)
        if (rst_ni & known) begin
            if (was_cs & ~cs) assert (!sclk & high == 2'd3);
            if (~was_cs & cs) assert (!sclk & !was_sclk & rises == 5'd16);
            if (~was_cs & ~cs & sclk & ~was_sclk) assert (rises != 5'd16);
            if (was_cs & cs) assert (!sclk);
            if (sclk) assert (mosi == was_mosi);
        end
endmodule

`default_nettype wire
