// Bytes to int16 samples, low byte first, channel after channel: the x stream of a model.
//
// A line that is idle for 2^GAP cycles ends the frame: a lone low byte is dropped, missing channels are sent as 0, and the
// next byte is the first of a frame. So a host that lost its place pauses that long.
// overrun_o is set, until reset, when a sample came before the last one was taken; that sample is
// lost, and frames are whole again after the next gap.
// Latency: one cycle after a sample's high byte. Ranges: CHANNELS 1 or more.
`default_nettype none

module es_samples #(
    parameter CHANNELS = 1,
    parameter GAP      = 17
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        byte_valid_i,
    input  wire [7:0]  byte_data_i,
    input  wire        line_idle_i,
    output reg         y_valid_o,
    input  wire        y_ready_i,
    output reg  [15:0] y_data_o,
    output reg         overrun_o
);
    reg [GAP:0] quiet;  // cycles without a byte; its highest bit is the gap
    reg high;           // the next byte is a high one
    reg whole;          // the next sample is the first of a frame
    reg [7:0] low;
    wire gap    = quiet[GAP];
    wire full   = y_valid_o & ~y_ready_i;
    wire sample = byte_valid_i & high & ~full;
    wire fill   = gap & ~whole & ~full;
    wire last;
    es_tick #(.N(CHANNELS)) channel (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(sample | fill), .last_o(last));

    always @(posedge clk_i)
        if (!rst_ni) begin
            quiet     <= {(GAP+1){1'b0}};
            high      <= 1'b0;
            whole     <= 1'b1;
            y_valid_o <= 1'b0;
            overrun_o <= 1'b0;
        end else begin
            quiet     <= (byte_valid_i | ~line_idle_i) ? {(GAP+1){1'b0}} : gap ? quiet : quiet + 1'b1;
            high      <= byte_valid_i ? ~high : high & ~gap;
            whole     <= (sample | fill) ? last : whole;
            y_valid_o <= sample | fill | full;
            overrun_o <= overrun_o | (byte_valid_i & high & full);
        end

    always @(posedge clk_i) begin
        if (byte_valid_i) low <= byte_data_i;
        if (sample) y_data_o <= {byte_data_i, low};
        else if (fill) y_data_o <= 16'd0;
    end
endmodule

`default_nettype wire
