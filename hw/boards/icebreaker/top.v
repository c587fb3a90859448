// iCEBreaker: the crystal's 12 MHz to 24 MHz, a reset, and the board's pins around the model.
//
// Serial line: 1 Mbaud on the FTDI chip. Pin 1 of PMOD 1A rises one cycle after an event and stays high for 10 us.
// Green LED: lit while an event's pulse lasts. Red LED: a sample was lost since reset. Button: reset.
`default_nettype none

module top #(
    parameter CHANNELS   = 1,
    parameter UNITS      = 5,
    parameter SCORE_BITS = 8
) (
    input  wire crystal_i,
    input  wire button_ni,
    input  wire uart_rx_i,
    output wire uart_tx_o,
    output wire event_o,
    output wire led_red_no,
    output wire led_green_no
);
    wire clk, locked;
    SB_PLL40_PAD #(
        .FEEDBACK_PATH("SIMPLE"), .DIVR(4'd0), .DIVF(7'd63), .DIVQ(3'd5), .FILTER_RANGE(3'd1)  // 12 MHz * 64 / 32
    ) pll (
        .PACKAGEPIN(crystal_i), .PLLOUTGLOBAL(clk), .LOCK(locked), .RESETB(1'b1), .BYPASS(1'b0)
    );

    // Asserted while the clock is not there or the button is pressed, released 16 cycles later, synchronously.
    reg [1:0] wanted;
    reg [4:0] count;
    wire rst_n = count[4];
    always @(posedge clk) begin
        wanted <= {wanted[0], locked & button_ni};
        if (!wanted[1]) count <= 5'd0;
        else if (!rst_n) count <= count + 1'b1;
    end

    wire overrun;
    board #(.CHANNELS(CHANNELS), .UNITS(UNITS), .SCORE_BITS(SCORE_BITS)) board (
        .clk_i(clk), .rst_ni(rst_n), .line_i(uart_rx_i), .line_o(uart_tx_o), .event_o(event_o), .overrun_o(overrun)
    );
    assign led_green_no = ~event_o;
    assign led_red_no   = ~overrun;
endmodule

`default_nettype wire
