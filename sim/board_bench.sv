// A board without its pins: the clock is made here, cocotb plays the host at the other end of the serial line.
`default_nettype none

module board_bench #(
    parameter int CHANNELS   = 1,
    parameter int UNITS      = 5,
    parameter int SCORE_BITS = 8,
    parameter int DIVIDE     = 24,
    parameter int GAP        = 17,
    parameter int PULSE      = 240
);
    logic clk, rst_n /* verilator public_flat_rd */;
    logic done;
    logic [31:0] cycle;
    logic to_board /* verilator public_flat_rw */ = 1;
    wire from_board /* verilator public_flat_rd */, pulse /* verilator public_flat_rd */;
    wire overrun /* verilator public_flat_rd */;

    es_control control (.clk_o(clk), .rst_no(rst_n), .cycle_o(cycle), .all_done_i(1'b0), .done_o(done));
    board #(
        .CHANNELS(CHANNELS), .UNITS(UNITS), .SCORE_BITS(SCORE_BITS), .DIVIDE(DIVIDE), .GAP(GAP), .PULSE(PULSE)
    ) dut (
        .clk_i(clk), .rst_ni(rst_n), .line_i(to_board), .line_o(from_board), .spi_cs_no(), .spi_sclk_o(),
        .spi_mosi_o(), .spi_miso_i(1'b0), .event_o(pulse), .overrun_o(overrun)
    );
endmodule

`default_nettype wire
