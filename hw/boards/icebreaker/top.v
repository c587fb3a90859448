// iCEBreaker: the crystal's 12 MHz or what the PLL makes of them, a reset, and the board's pins around the model.
//
// Serial line: the FTDI chip's. Pin 1 of PMOD 1A rises one cycle after an event and stays high for 10 us.
// Amplifier chip, if SPI: PMOD 1B, pins 1 to 4 are CS, MOSI, MISO, SCLK.
// Green LED: lit while an event's pulse lasts. Red LED: a sample was lost since reset, or the link had a fault. Button: reset.
`default_nettype none

module top #(
    parameter CHANNELS   = 1,
    parameter UNITS      = 5,
    parameter SCORE_BITS = 8,
    parameter PLL        = 1,
    parameter DIVF       = 63,  // 12 MHz * (DIVF + 1) / 2^DIVQ
    parameter DIVQ       = 5,
    parameter DIVIDE     = 24,
    parameter PULSE      = 240,
    parameter SPI        = 0,
    parameter SPI_HALF   = 1,
    parameter SPI_REST   = 4,
    parameter SPI_PERIOD = 1200,
    parameter LINK       = 0,
    parameter LINK_RATE  = 1,
    parameter LINK_SLOT  = 7,
    parameter LINK_SLOTS = 2,
    parameter LINK_HELLO = 60,
    parameter LINK_TRACE = 0
) (
    input  wire crystal_i,
    input  wire button_ni,
    input  wire uart_rx_i,
    output wire uart_tx_o,
    output wire spi_cs_no,
    output wire spi_sclk_o,
    output wire spi_mosi_o,
    input  wire spi_miso_i,
    output wire event_o,
    output wire led_red_no,
    output wire led_green_no
);
    wire clk, locked;
    generate
        if (PLL != 0) begin : made
            SB_PLL40_PAD #(
                .FEEDBACK_PATH("SIMPLE"), .DIVR(4'd0), .DIVF(DIVF[6:0]), .DIVQ(DIVQ[2:0]), .FILTER_RANGE(3'd1)
            ) pll (
                .PACKAGEPIN(crystal_i), .PLLOUTGLOBAL(clk), .LOCK(locked), .RESETB(1'b1), .BYPASS(1'b0)
            );
        end else begin : crystal
            assign clk    = crystal_i;
            assign locked = 1'b1;
        end
    endgenerate

    wire rst_n, overrun;
    reset start (.clk_i(clk), .run_i(locked & button_ni), .rst_no(rst_n));
    board #(
        .CHANNELS(CHANNELS), .UNITS(UNITS), .SCORE_BITS(SCORE_BITS), .DIVIDE(DIVIDE), .PULSE(PULSE),
        .SPI(SPI), .SPI_HALF(SPI_HALF), .SPI_REST(SPI_REST), .SPI_PERIOD(SPI_PERIOD),
        .LINK(LINK), .LINK_RATE(LINK_RATE), .LINK_SLOT(LINK_SLOT), .LINK_SLOTS(LINK_SLOTS),
        .LINK_HELLO(LINK_HELLO), .LINK_TRACE(LINK_TRACE)
    ) board (
        .clk_i(clk), .rst_ni(rst_n), .line_i(uart_rx_i), .line_o(uart_tx_o),
        .spi_cs_no(spi_cs_no), .spi_sclk_o(spi_sclk_o), .spi_mosi_o(spi_mosi_o), .spi_miso_i(spi_miso_i),
        .event_o(event_o), .overrun_o(overrun)
    );
    assign led_green_no = ~event_o;
    assign led_red_no   = ~overrun;
endmodule

`default_nettype wire
