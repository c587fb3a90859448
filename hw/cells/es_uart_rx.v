// Bytes from a serial line: 8 data bits, lowest first, no parity, one stop bit.
//
// The line is synchronised by two flip-flops and sampled in the middle of each bit. valid_o is high for one cycle in
// the middle of a stop bit; a byte whose stop bit is low is dropped. idle_o: no byte is on its way.
// Latency: 9.5 bits after the start edge. Ranges: DIVIDE, clock cycles a bit, of 4 or more.
`default_nettype none

module es_uart_rx #(
    parameter DIVIDE = 24
) (
    input  wire       clk_i,
    input  wire       rst_ni,
    input  wire       line_i,
    output wire       valid_o,
    output reg  [7:0] data_o,
    output wire       idle_o
);
    localparam BITS = $clog2(DIVIDE + DIVIDE / 2);
    localparam BIT  = DIVIDE - 1;
    localparam HALF = DIVIDE / 2 - 1;

    reg [1:0] line;
    reg [3:0] left;  // bits still to sample: start, eight of data, stop
    reg [BITS-1:0] wait_left;
    wire sample = ~idle_o & (wait_left == {BITS{1'b0}});
    assign idle_o  = (left == 4'd0);
    assign valid_o = sample & (left == 4'd1) & line[1];

    always @(posedge clk_i)
        if (!rst_ni) begin
            line      <= 2'b11;
            left      <= 4'd0;
            wait_left <= {BITS{1'b0}};
        end else begin
            line <= {line[0], line_i};
            if (idle_o & ~line[1]) begin
                left      <= 4'd10;
                wait_left <= HALF[BITS-1:0];
            end else if (sample) begin
                left      <= (left == 4'd10 & line[1]) ? 4'd0 : left - 1'b1;  // a start bit that is over was noise
                wait_left <= BIT[BITS-1:0];
            end else if (~idle_o) wait_left <= wait_left - 1'b1;
        end

    always @(posedge clk_i) if (sample & (left != 4'd1)) data_o <= {line[1], data_o[7:1]};
endmodule

`default_nettype wire
