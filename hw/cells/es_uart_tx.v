// Bytes to a serial line: 8 data bits, lowest first, no parity, one stop bit.
//
// Latency: the start bit begins one cycle after the beat; ready again after 10 bits.
// Ranges: DIVIDE, clock cycles a bit, of 2 or more.
`default_nettype none

module es_uart_tx #(
    parameter DIVIDE = 24
) (
    input  wire       clk_i,
    input  wire       rst_ni,
    input  wire       x_valid_i,
    output wire       x_ready_o,
    input  wire [7:0] x_data_i,
    output wire       line_o
);
    reg [3:0] left;   // bits still to send, the one on the line included
    reg [8:0] shift;  // the bit on the line is the lowest
    wire bit_done;
    assign x_ready_o = (left == 4'd0);
    assign line_o    = shift[0];
    es_tick #(.N(DIVIDE)) bit_clock (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(~x_ready_o), .last_o(bit_done));

    always @(posedge clk_i)
        if (!rst_ni) begin
            left  <= 4'd0;
            shift <= 9'h1ff;
        end else if (x_ready_o) begin
            if (x_valid_i) begin
                left  <= 4'd10;
                shift <= {x_data_i, 1'b0};
            end
        end else if (bit_done) begin
            left  <= left - 1'b1;
            shift <= {1'b1, shift[8:1]};
        end
endmodule

`default_nettype wire
