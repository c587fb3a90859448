// ULX3S: the crystal's 25 MHz or what the PLL makes of them, a reset, and the board's pins around the model.
//
// Serial line: the FTDI chip's. Pin GP0 rises one cycle after an event and stays high for 10 us.
// Amplifier chip, if SPI: GP1 to GP4 are CS, MOSI, MISO, SCLK.
// LED 0: lit while an event's pulse lasts. LED 1: a sample was lost since reset, or the link had a fault. Button FIRE1: reset.
`default_nettype none

module top #(
    parameter CHANNELS   = 1,
    parameter UNITS      = 5,
    parameter SCORE_BITS = 8,
    parameter PLL        = 0,
    parameter CLKI_DIV   = 1,  // 25 MHz / CLKI_DIV * CLKFB_DIV; the oscillator runs CLKOP_DIV times as fast
    parameter CLKFB_DIV  = 2,
    parameter CLKOP_DIV  = 12,
    parameter DIVIDE     = 25,
    parameter PULSE      = 250,
    parameter SPI        = 0,
    parameter SPI_HALF   = 1,
    parameter SPI_REST   = 4,
    parameter SPI_PERIOD = 1250,
    parameter LINK       = 0,
    parameter LINK_RATE  = 1,
    parameter LINK_SLOT  = 7,
    parameter LINK_SLOTS = 2,
    parameter LINK_HELLO = 60,
    parameter LINK_TRACE = 0
) (
    input  wire crystal_i,
    input  wire button_i,
    input  wire uart_rx_i,
    output wire uart_tx_o,
    output wire spi_cs_no,
    output wire spi_sclk_o,
    output wire spi_mosi_o,
    input  wire spi_miso_i,
    output wire event_o,
    output wire led_event_o,
    output wire led_overrun_o,
    output wire wifi_gpio0_o
);
    wire clk, locked;
    generate
        if (PLL != 0) begin : made
            EHXPLLL #(
                .CLKI_DIV(CLKI_DIV), .CLKFB_DIV(CLKFB_DIV), .FEEDBK_PATH("CLKOP"),
                .CLKOP_ENABLE("ENABLED"), .CLKOP_DIV(CLKOP_DIV), .CLKOP_CPHASE(CLKOP_DIV / 2), .CLKOP_FPHASE(0)
            ) pll (
                .CLKI(crystal_i), .CLKFB(clk), .CLKOP(clk), .LOCK(locked), .RST(1'b0), .STDBY(1'b0),
                .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1), .PHASESTEP(1'b1), .PHASELOADREG(1'b1),
                .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0)
            );
        end else begin : crystal
            assign clk    = crystal_i;
            assign locked = 1'b1;
        end
    endgenerate

    wire rst_n;
    reset start (.clk_i(clk), .run_i(locked & ~button_i), .rst_no(rst_n));
    board #(
        .CHANNELS(CHANNELS), .UNITS(UNITS), .SCORE_BITS(SCORE_BITS), .DIVIDE(DIVIDE), .PULSE(PULSE),
        .SPI(SPI), .SPI_HALF(SPI_HALF), .SPI_REST(SPI_REST), .SPI_PERIOD(SPI_PERIOD),
        .LINK(LINK), .LINK_RATE(LINK_RATE), .LINK_SLOT(LINK_SLOT), .LINK_SLOTS(LINK_SLOTS),
        .LINK_HELLO(LINK_HELLO), .LINK_TRACE(LINK_TRACE)
    ) board (
        .clk_i(clk), .rst_ni(rst_n), .line_i(uart_rx_i), .line_o(uart_tx_o),
        .spi_cs_no(spi_cs_no), .spi_sclk_o(spi_sclk_o), .spi_mosi_o(spi_mosi_o), .spi_miso_i(spi_miso_i),
        .event_o(event_o), .overrun_o(led_overrun_o)
    );
    assign led_event_o  = event_o;
    assign wifi_gpio0_o = 1'b1;  // the ESP32 beside the FPGA restarts the board when it is low
endmodule

`default_nettype wire
