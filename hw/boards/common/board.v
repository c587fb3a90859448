// A model on a board: samples come in on a serial line or from an amplifier chip, event records leave on the serial line.
//
// Samples as es_samples takes them or as es_spi_adc reads them, records as es_events makes them; 512 bytes of records
// wait while the line is slow. Or both as messages of the link, as es_link makes them.
// The macro TRACED says that the model has taps, whose values the link tells.
// event_o is high for PULSE cycles from the cycle after an event leaves the model.
// overrun_o: a sample was lost since reset, because the model was busy; or the link had a fault, and was not begun anew.
`default_nettype none

module board #(
    parameter CHANNELS   = 1,
    parameter UNITS      = 5,
    parameter SCORE_BITS = 8,
    parameter DIVIDE     = 24,    // clock cycles a bit of the serial line
    parameter GAP        = 17,    // 2^GAP idle cycles end a frame
    parameter PULSE      = 240,
    parameter SPI        = 0,     // samples from an amplifier chip
    parameter SPI_HALF   = 1,
    parameter SPI_REST   = 4,
    parameter SPI_PERIOD = 1200,
    parameter SPI_DELAY  = 0,
    parameter LINK       = 0,     // messages on the serial line
    parameter LINK_RATE  = 1,     // input frames a frame of y
    parameter LINK_SLOT  = 7,
    parameter LINK_SLOTS = 2,
    parameter LINK_HELLO = 60,    // bytes in hello.hex
    parameter LINK_TRACE = 0      // bits of the widest value that the model shows; 0 if it shows none
) (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire line_i,
    output wire line_o,
    output wire spi_cs_no,
    output wire spi_sclk_o,
    output wire spi_mosi_o,
    input  wire spi_miso_i,
    output reg  event_o,
    output wire overrun_o
);
    wire x_valid, x_ready, y_valid, y_ready, model_rst_n, event_now;
    wire [15:0] x_data;
    wire [SCORE_BITS-1:0] y_data;
    wire [15:0] trace_node;
    wire trace_room;
    wire [67:0] trace;
    model core (
        .clk_i(clk_i), .rst_ni(model_rst_n),
        .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
`ifdef TRACED
        .trace_node_i(trace_node), .trace_room_i(trace_room), .trace_o(trace),
`endif
        .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data)
    );
`ifndef TRACED
    wire unused_trace_to = &{1'b0, trace_node, trace_room};
    assign trace = 68'd0;
`endif

    wire byte_valid, line_idle;
    wire [7:0] byte_data;
    generate
        if (SPI != 0) begin : amplifier
            wire unused_line = line_i;
            wire [9:0] unused_bytes = {byte_valid, line_idle, byte_data};
            assign {byte_valid, line_idle, byte_data} = 10'd0;
            es_spi_adc #(
                .CHANNELS(CHANNELS), .PERIOD(SPI_PERIOD), .HALF(SPI_HALF), .REST(SPI_REST), .DELAY(SPI_DELAY)
            ) adc (
                .clk_i(clk_i), .rst_ni(rst_ni),
                .cs_no(spi_cs_no), .sclk_o(spi_sclk_o), .mosi_o(spi_mosi_o), .miso_i(spi_miso_i),
                .y_valid_o(x_valid), .y_ready_i(x_ready), .y_data_o(x_data), .overrun_o(overrun_o)
            );
        end else begin : serial
            wire unused_miso = spi_miso_i;
            assign {spi_cs_no, spi_sclk_o, spi_mosi_o} = 3'b100;
            es_uart_rx #(.DIVIDE(DIVIDE)) uart_rx (
                .clk_i(clk_i), .rst_ni(rst_ni), .line_i(line_i),
                .valid_o(byte_valid), .data_o(byte_data), .idle_o(line_idle)
            );
        end
        if (SPI == 0 && LINK == 0) begin : bare
            es_samples #(.CHANNELS(CHANNELS), .GAP(GAP)) samples (
                .clk_i(clk_i), .rst_ni(rst_ni),
                .byte_valid_i(byte_valid), .byte_data_i(byte_data), .line_idle_i(line_idle),
                .y_valid_o(x_valid), .y_ready_i(x_ready), .y_data_o(x_data), .overrun_o(overrun_o)
            );
        end
    endgenerate

    wire queue_valid, queue_ready;
    wire [7:0] queue_data;
    generate
        if (LINK != 0) begin : messages
            wire unused_idle = line_idle;
            es_link #(
                .CHANNELS(CHANNELS), .UNITS(UNITS), .SCORE_BITS(SCORE_BITS), .RATE(LINK_RATE),
                .SLOT(LINK_SLOT), .SLOTS(LINK_SLOTS), .TRACE(LINK_TRACE),
                .HELLO_BYTES(LINK_HELLO), .HELLO_FILE("hello.hex")
            ) link (
                .clk_i(clk_i), .rst_ni(rst_ni), .byte_valid_i(byte_valid), .byte_data_i(byte_data),
                .byte_valid_o(queue_valid), .byte_ready_i(queue_ready), .byte_data_o(queue_data),
                .model_rst_no(model_rst_n), .x_valid_o(x_valid), .x_ready_i(x_ready), .x_data_o(x_data),
                .y_valid_i(y_valid), .y_ready_o(y_ready), .y_data_i(y_data),
                .trace_node_o(trace_node), .trace_room_o(trace_room), .trace_i(trace),
                .event_o(event_now), .deaf_o(overrun_o)
            );
        end else begin : records
            wire record_valid, record_ready;
            wire [7:0] record_data;
            wire unused_trace = &{1'b0, trace};
            assign {trace_node, trace_room} = 17'd0;
            assign model_rst_n = rst_ni;
            es_events #(.UNITS(UNITS), .SCORE_BITS(SCORE_BITS)) events (
                .clk_i(clk_i), .rst_ni(rst_ni),
                .x_valid_i(y_valid), .x_ready_o(y_ready), .x_data_i(y_data),
                .y_valid_o(record_valid), .y_ready_i(record_ready), .y_data_o(record_data), .event_o(event_now)
            );
            es_fifo #(.BITS(8), .ADDRESS(9)) queue (
                .clk_i(clk_i), .rst_ni(rst_ni),
                .x_valid_i(record_valid), .x_ready_o(record_ready), .x_data_i(record_data),
                .y_valid_o(queue_valid), .y_ready_i(queue_ready), .y_data_o(queue_data)
            );
        end
    endgenerate
    es_uart_tx #(.DIVIDE(DIVIDE)) uart_tx (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(queue_valid), .x_ready_o(queue_ready), .x_data_i(queue_data), .line_o(line_o)
    );

    wire pulse_last;
    es_tick #(.N(PULSE)) pulse (
        .clk_i(clk_i), .rst_ni(rst_ni & ~event_now), .step_i(event_o), .last_o(pulse_last)
    );
    always @(posedge clk_i)
        if (!rst_ni) event_o <= 1'b0;
        else event_o <= event_now | (event_o & ~pulse_last);
endmodule

`default_nettype wire
