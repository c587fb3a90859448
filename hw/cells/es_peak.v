// y[t] = c if c > threshold and c is the peak and the refractory time is over, else 0; c = x[t - REACH].
//
// c is the peak if it exceeds each of the REACH frames before it and no frame of the REACH after it exceeds it.
// Per element: one beat in, its history read from a ring in RAM, one word a cycle (c first, then the later frames, then
// the earlier ones), one beat out. After reset the ring and the refractory counts are cleared, one word a cycle.
// Latency: 2 * REACH + 3 cycles from a beat in to its beat out. Cycles a frame: CHANNELS * (2 * REACH + 4).
// THRESHOLDS lists X_BITS each, element 0 rightmost. Ranges: thresholds 0 or more, REACH 1 or more, REFRACTORY 0 or more.
`default_nettype none

module es_peak #(
    parameter X_BITS     = 8,
    parameter X_SIGNED   = 0,
    parameter Y_BITS     = 8,
    parameter CHANNELS   = 1,
    parameter REACH      = 4,
    parameter REFRACTORY = 10,
    parameter [CHANNELS*X_BITS-1:0] THRESHOLDS = 0
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    localparam DEPTH = (2 * REACH + 1) * CHANNELS;
    localparam A     = $clog2(DEPTH);
    localparam CA    = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam WA    = $clog2(2 * REACH + 1);
    localparam RB    = (REFRACTORY > 0) ? $clog2(REFRACTORY + 1) : 1;
    localparam CENTRE = -REACH * CHANNELS;      // before the first beat, which goes to 0
    localparam LATER  = CHANNELS;               // from one frame to the next
    localparam OLDEST = -2 * REACH * CHANNELS;  // from the newest frame to the oldest
    localparam NEXT   = CHANNELS + 1;           // from the frame before c to c of the next element
    localparam NEWEST = REACH;
    localparam WAIT   = REFRACTORY;

    localparam CLEAR = 2'd0, TAKE = 2'd1, READ = 2'd2, SEND = 2'd3;
    reg [1:0] state;
    wire taken = x_valid_i & x_ready_o;
    wire done  = y_valid_o & y_ready_i;
    wire clear = (state == CLEAR);
    wire issue = (state == READ);
    assign x_ready_o = (state == TAKE);

    wire [CA-1:0] channel;
    wire [WA-1:0] word;  // 0 is c, then the frames after it, then those before it, each from old to new
    wire word_last;
    wire unused_last;
    es_count #(.N(CHANNELS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .at_o(channel), .last_o(unused_last)
    );
    es_count #(.N(2 * REACH + 1)) history (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue), .at_o(word), .last_o(word_last)
    );

    reg [A-1:0] write_at, read_at;
    wire [X_BITS-1:0] value;
    es_ram #(.BITS(X_BITS), .ADDRESS(A)) ring (
        .clk_i(clk_i), .we_i(taken | clear), .waddr_i(write_at), .wdata_i(clear ? {X_BITS{1'b0}} : x_data_i),
        .re_i(issue), .raddr_i(read_at), .rdata_o(value)
    );

    wire event_now;
    wire [RB-1:0] wait_left;
    wire [RB-1:0] next_wait = event_now ? WAIT[RB-1:0] : (wait_left == {RB{1'b0}}) ? {RB{1'b0}} : wait_left - 1'b1;
    es_ram #(.BITS(RB), .ADDRESS(CA)) refractory (
        .clk_i(clk_i), .we_i(done | clear), .waddr_i(clear ? write_at[CA-1:0] : channel),
        .wdata_i(clear ? {RB{1'b0}} : next_wait),
        .re_i(taken), .raddr_i(channel), .rdata_o(wait_left)
    );

    // One cycle after issue: is c still the peak? It fails at a later v if v > c, at an earlier one if v >= c, that is,
    // if 2v + 1 > 2c: the flag `earlier` is the bit below v.
    reg first, compare, earlier, finish;
    reg peak;
    reg [X_BITS-1:0] c;
    wire [X_BITS-1:0] threshold = THRESHOLDS[channel*X_BITS +: X_BITS];
    wire signed [X_BITS:0] value_s, c_s, threshold_s;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_v (.x_i(value), .y_o(value_s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_c (.x_i(c), .y_o(c_s));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_t (.x_i(threshold), .y_o(threshold_s));
    wire exceeded    = $signed({value_s, earlier}) > $signed({c_s, 1'b0});
    assign event_now = peak & (c_s > threshold_s) & (wait_left == {RB{1'b0}});
    assign y_data_o = event_now ? c[Y_BITS-1:0] : {Y_BITS{1'b0}};

    always @(posedge clk_i) begin
        if (first) c <= value;
        if (first) peak <= 1'b1;
        else if (compare & exceeded) peak <= 1'b0;
    end

    always @(posedge clk_i)
        if (!rst_ni) begin
            state     <= CLEAR;
            write_at  <= {A{1'b0}};
            read_at   <= CENTRE[A-1:0];
            first     <= 1'b0;
            compare   <= 1'b0;
            earlier   <= 1'b0;
            finish    <= 1'b0;
            y_valid_o <= 1'b0;
        end else begin
            if (taken | clear) write_at <= write_at + 1'b1;
            if (issue) read_at <= read_at + (word_last ? NEXT[A-1:0] : (word == NEWEST[WA-1:0]) ? OLDEST[A-1:0] : LATER[A-1:0]);
            first     <= issue & (word == {WA{1'b0}});
            compare   <= issue;
            earlier   <= (word > NEWEST[WA-1:0]);
            finish    <= issue & word_last;
            y_valid_o <= finish | (y_valid_o & ~y_ready_i);
            case (state)
                CLEAR: if (&write_at) state <= TAKE;
                TAKE: if (taken) state <= READ;
                READ: if (word_last) state <= SEND;
                default: if (done) state <= TAKE;
            endcase
        end
endmodule

`default_nettype wire
