// Bytes of a line to the messages that COBS made of them (docs/link.md): y, and end_o with the zero after a message.
//
// owed_o: with end_o, the bytes that the last block still owed, 0 if the message is whole. Two zeros in a row end nothing.
// Latency: none; a block's zero comes with the next block's first byte.
`default_nettype none

module es_cobs_decode (
    input  wire       clk_i,
    input  wire       rst_ni,
    input  wire       x_valid_i,
    input  wire [7:0] x_data_i,
    output wire       y_valid_o,
    output wire [7:0] y_data_o,
    output wire       end_o,
    output reg  [7:0] owed_o
);
    reg open;  // a message is
    reg full;    // the block is of 254 bytes, after which comes no zero
    wire zero = (x_data_i == 8'd0);
    wire code = (owed_o == 8'd0);
    assign y_valid_o = x_valid_i & ~zero & (~code | (open & ~full));
    assign y_data_o  = code ? 8'd0 : x_data_i;
    assign end_o     = x_valid_i & zero & open;

    always @(posedge clk_i)
        if (!rst_ni) begin
            open <= 1'b0;
            full   <= 1'b0;
            owed_o <= 8'd0;
        end else if (x_valid_i) begin
            open <= ~zero;
            if (code) full <= &x_data_i;
            owed_o <= zero ? 8'd0 : (code ? x_data_i : owed_o) - 1'b1;
        end
endmodule

`default_nettype wire
