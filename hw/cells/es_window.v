// y[t] = the last axis of `KERNEL` past frames, `DILATION` apart, joined oldest first, for every STRIDE-th t.
//
// A line buffer: a ring of elements in RAM whose size is a power of two, so that addresses wrap by themselves.
// A frame is LINES x CHANNELS elements in, LINES x KERNEL x CHANNELS out: a line is taken, then its window is sent; the
// next line is taken while the last beat waits. After reset the ring is cleared, one word a cycle.
// Latency: 2 cycles from a line's last beat to the window's first, then one beat a cycle.
// Cycles a frame: SIZE + KERNEL * SIZE. Ranges: all parameters 1 or more.
`default_nettype none

module es_window #(
    parameter BITS     = 8,
    parameter LINES    = 1,
    parameter CHANNELS = 1,
    parameter KERNEL   = 3,
    parameter DILATION = 1,
    parameter STRIDE   = 1,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output reg             y_valid_o,
    input  wire            y_ready_i,
    output wire [BITS-1:0] y_data_o
);
    localparam SIZE = LINES * CHANNELS;
    localparam SPAN = (KERNEL - 1) * DILATION * SIZE;  // elements from the newest frame back to the oldest
    localparam A    = (SPAN + SIZE > 1) ? $clog2(SPAN + SIZE) : 1;
    localparam OLDEST    = -SPAN;                            // before the first frame, which begins at 0
    localparam NEXT_TAP  = DILATION * SIZE - CHANNELS + 1;   // from the end of a tap to the next tap
    localparam NEXT_LINE = 1 - SPAN;                         // from the last tap to the next line or frame

    localparam CLEAR = 2'd0, TAKE = 2'd1, SEND = 2'd2;
    reg [1:0] state;
    reg [A-1:0] write_at;
    reg [A-1:0] read_at;

    wire taken   = x_valid_i & x_ready_o;
    wire advance = ~y_valid_o | y_ready_i;
    wire sent    = (state == SEND) & advance;
    wire due, channel_last, tap_last, line_last;
    wire line_taken = taken & channel_last;
    es_tick #(.N(CHANNELS)) channel (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken | sent), .last_o(channel_last));
    es_tick #(.N(LINES))    line    (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(line_taken), .last_o(line_last));
    es_tick #(.N(STRIDE))   phase   (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(line_taken & line_last), .last_o(due)
    );
    es_tick #(.N(KERNEL))   tap     (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(sent & channel_last), .last_o(tap_last));

    es_ram #(.BITS(BITS), .ADDRESS(A), .STYLE(STYLES)) ring (
        .clk_i(clk_i),
        .we_i(taken | (state == CLEAR)), .waddr_i(write_at), .wdata_i((state == CLEAR) ? {BITS{1'b0}} : x_data_i),
        .re_i(sent), .raddr_i(read_at), .rdata_o(y_data_o)
    );

    assign x_ready_o = (state == TAKE);

    wire [A-1:0] next_read = read_at + (!channel_last ? {{(A-1){1'b0}}, 1'b1} : !tap_last ? NEXT_TAP[A-1:0] : NEXT_LINE[A-1:0]);

    always @(posedge clk_i)
        if (!rst_ni) begin
            state     <= CLEAR;
            write_at  <= {A{1'b0}};
            read_at   <= OLDEST[A-1:0];
            y_valid_o <= 1'b0;
        end else begin
            if (taken | (state == CLEAR)) write_at <= write_at + 1'b1;
            if (sent) read_at <= next_read;
            else if (taken & !due) read_at <= read_at + 1'b1;  // a frame without a window moves the oldest on
            if (advance) y_valid_o <= sent;
            case (state)
                CLEAR: if (&write_at) state <= TAKE;
                TAKE: if (line_taken & due) state <= SEND;
                default: if (sent & channel_last & tap_last) state <= TAKE;
            endcase
        end
endmodule

`default_nettype wire
