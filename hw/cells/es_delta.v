// up = x - r > threshold, down = r - x > threshold; r <- r + threshold * (up - down): delta modulation to spikes.
//
// Of each of LINES lines come the ups of all CHANNELS, each right after its x, then the downs, which wait in a shift
// register. r lives in RAM; `seen` tells that the first frame since reset is over, before which r is 0 whatever the RAM
// holds. THRESHOLDS lists X_BITS each, unsigned, channel 0 rightmost.
// Latency: 1 cycle from a beat to its up. Cycles a line: 3 * CHANNELS. Ranges: thresholds of 1 or more.
`default_nettype none

module es_delta #(
    parameter X_BITS   = 16,
    parameter X_SIGNED = 1,
    parameter LINES    = 1,
    parameter CHANNELS = 1,
    parameter [CHANNELS*X_BITS-1:0] THRESHOLDS = 20,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire              y_data_o
);
    localparam SIZE = LINES * CHANNELS;
    localparam CA   = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam A    = (SIZE > 1) ? $clog2(SIZE) : 1;

    localparam TAKE = 2'd0, UP = 2'd1, DOWN = 2'd2;
    reg [1:0] state;
    reg seen;
    wire taken = x_valid_i & x_ready_o;
    wire done  = y_valid_o & y_ready_i;
    wire store = done & (state == UP);
    assign x_ready_o = (state == TAKE);
    assign y_valid_o = (state != TAKE);

    wire [CA-1:0] channel;
    wire [A-1:0] at;
    wire line_last, frame_last;
    es_count #(.N(CHANNELS)) in_line (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .at_o(channel), .last_o(line_last)
    );
    es_count #(.N(SIZE)) in_frame (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(store), .at_o(at), .last_o(frame_last));

    wire [X_BITS-1:0] kept, next;
    es_ram #(.BITS(X_BITS), .ADDRESS(A), .STYLE(STYLES)) rebuilt (
        .clk_i(clk_i), .we_i(store), .waddr_i(at), .wdata_i(next), .re_i(taken), .raddr_i(at), .rdata_o(kept)
    );

    reg [X_BITS-1:0] x;
    wire [X_BITS-1:0] r         = kept & {X_BITS{seen}};
    wire [X_BITS-1:0] threshold = THRESHOLDS[channel*X_BITS +: X_BITS];
    wire [X_BITS:0] x_s, r_s;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_x (.x_i(x), .y_o(x_s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_r (.x_i(r), .y_o(r_s));
    wire signed [X_BITS:0] error = x_s - r_s;
    wire signed [X_BITS:0] rise  = {1'b0, threshold};
    wire signed [X_BITS:0] fall  = -rise;
    wire up   = error > rise;
    wire down = error < fall;
    assign next = up ? r + threshold : down ? r - threshold : r;

    reg [CHANNELS-1:0] downs;  // the first channel of the line in bit 0, once all are in
    assign y_data_o = (state == UP) ? up : downs[0];

    always @(posedge clk_i) begin
        if (taken) x <= x_data_i;
        if (done) begin
            downs <= downs >> 1;
            downs[CHANNELS-1] <= down;
        end
    end

    always @(posedge clk_i)
        if (!rst_ni) begin
            state <= TAKE;
            seen  <= 1'b0;
        end else begin
            if (store & frame_last) seen <= 1'b1;
            case (state)
                TAKE: if (taken) state <= UP;
                UP: if (done) state <= line_last ? DOWN : TAKE;
                default: if (done & line_last) state <= TAKE;
            endcase
        end
endmodule

`default_nettype wire
