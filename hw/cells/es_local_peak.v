// y[t] = c if c > threshold, c is the first greatest of its neighbourhood and the refractory time is over, else 0;
// c = x[t - REACH]. Of a frame, the elements come from channel 0 on.
//
// First each element is taken, its history (es_history) read, one word a cycle, and summed up: the greatest of the
// REACH frames before c, c, and the greatest of the REACH frames after it. After the frame's last element c is compared
// with the summaries of its own channel and of its neighbours, one a cycle, as the list in NEAR_FILE says: for each
// channel itself, then its neighbours, each word {last of this channel, whose summary}.
// Latency: 2 * REACH + 7 cycles from a frame's last beat to the first beat out if channel 0 has no neighbours, and one
// more for each that it has.
// Cycles a frame: CHANNELS * (2 * REACH + 4) + NEAR + 3.
// THRESHOLDS lists X_BITS each, element 0 rightmost; after COUNT elements they repeat.
// Ranges: thresholds 0 or more, REACH 1 or more, REFRACTORY 0 or more.
`default_nettype none

module es_local_peak #(
    parameter X_BITS     = 8,
    parameter X_SIGNED   = 0,
    parameter Y_BITS     = 8,
    parameter CHANNELS   = 1,
    parameter REACH      = 4,
    parameter REFRACTORY = 10,
    parameter COUNT      = 1,  // thresholds, a divisor of CHANNELS
    parameter [COUNT*X_BITS-1:0] THRESHOLDS = 0,
    parameter NEAR       = 1,  // words of the list
    parameter NEAR_FILE  = "",
    parameter [7:0] STYLES = 0  // STYLE of history, refractory, summaries, near: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output reg  [Y_BITS-1:0] y_data_o
);
    localparam A  = $clog2((2 * REACH + 1) * CHANNELS);
    localparam CA = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam NA = (NEAR > 1) ? $clog2(NEAR) : 1;
    // With its sign flipped, a signed number is ordered like an unsigned one: every comparison here is unsigned.
    localparam [X_BITS-1:0] SIGN = (X_SIGNED != 0) ? ~({X_BITS{1'b1}} >> 1) : {X_BITS{1'b0}};

    wire advance = ~y_valid_o | y_ready_i;
    reg store, picking;                        // a summary is ready; the list is being read
    reg word_valid, word_first;                // a word of the list is there, the first one of a channel
    reg other_valid, other_first, other_last;  // a summary is there, the first one, the last one of a channel
    reg [CA-1:0] other;                        // whose it is
    wire picked = advance & other_valid & other_last;
    wire issue  = advance & picking;

    wire [CA-1:0] channel;
    wire channel_last;
    es_count #(.N(CHANNELS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(store | picked), .at_o(channel), .last_o(channel_last)
    );

    // Taking a frame.
    wire drained = y_valid_o & y_ready_i & ~picking & ~word_valid & ~other_valid;
    wire clear, valid, first, earlier, last;
    /* verilator lint_off UNUSEDSIGNAL */
    wire [A-1:0] clear_at;  // the channels are its low bits
    /* verilator lint_on UNUSEDSIGNAL */
    wire [X_BITS-1:0] raw;
    es_history #(.BITS(X_BITS), .CHANNELS(CHANNELS), .REACH(REACH), .STYLES(STYLES[1:0])) history (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .done_i((store & ~channel_last) | drained), .clear_o(clear), .clear_at_o(clear_at),
        .value_o(raw), .valid_o(valid), .first_o(first), .earlier_o(earlier), .last_o(last)
    );

    wire [X_BITS-1:0] value = raw ^ SIGN;
    reg [X_BITS-1:0] past, centre, later;
    always @(posedge clk_i) begin
        if (first) centre <= value;
        if (first) past <= {X_BITS{1'b0}};
        else if (valid & earlier & (value > past)) past <= value;
        if (first) later <= {X_BITS{1'b0}};
        else if (valid & ~earlier & (value > later)) later <= value;
    end

    // Picking: a word of the list, then the summary that it names, then the comparison.
    wire [NA-1:0] list_at;
    wire list_last, word_last;
    wire [CA-1:0] word_of;
    es_count #(.N(NEAR)) list (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue), .at_o(list_at), .last_o(list_last)
    );
    es_rom #(.BITS(1 + CA), .DEPTH(NEAR), .ADDRESS(NA), .FILE(NEAR_FILE), .STYLE(STYLES[7:6])) near (
        .clk_i(clk_i), .re_i(issue), .raddr_i(list_at), .rdata_o({word_last, word_of})
    );
    wire [X_BITS-1:0] other_past, other_centre, other_later;
    wire named = advance & word_valid;
    es_ram #(.BITS(3 * X_BITS), .ADDRESS(CA), .STYLE(STYLES[5:4])) summaries (
        .clk_i(clk_i), .we_i(store), .waddr_i(channel), .wdata_i({past, centre, later}),
        .re_i(named), .raddr_i(word_of), .rdata_o({other_past, other_centre, other_later})
    );

    reg so_far;
    reg [X_BITS-1:0] held;
    wire over, event_now;
    wire [X_BITS-1:0] threshold;
    es_constant #(.BITS(X_BITS), .COUNT(COUNT), .VALUES(THRESHOLDS)) thresholds (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(picked), .y_o(threshold)
    );
    wire [X_BITS-1:0] c = other_first ? other_centre : held;
    wire tie    = (other_centre == c);
    wire beaten = (other_past >= c) | (other_later > c) | (other_centre > c) | (tie & (other < channel));
    wire peak   = (other_first | so_far) & ~beaten;
    assign event_now = peak & over & (c > (threshold ^ SIGN));
    es_refractory #(.CHANNELS(CHANNELS), .REFRACTORY(REFRACTORY), .STYLES(STYLES[3:2])) refractory (
        .clk_i(clk_i), .clear_i(clear), .read_i(named & word_first), .read_at_i(word_of),
        .write_i(picked), .write_at_i(clear ? clear_at[CA-1:0] : channel), .event_i(event_now), .over_o(over)
    );

    always @(posedge clk_i)
        if (advance) begin
            held        <= c;
            so_far      <= peak;
            other       <= word_of;
            other_first <= word_first;
            other_last  <= word_last;
            y_data_o    <= event_now ? c[Y_BITS-1:0] : {Y_BITS{1'b0}};
        end

    always @(posedge clk_i)
        if (!rst_ni) begin
            store       <= 1'b0;
            picking     <= 1'b0;
            word_valid  <= 1'b0;
            word_first  <= 1'b1;
            other_valid <= 1'b0;
            y_valid_o   <= 1'b0;
        end else begin
            store <= last;
            if (store & channel_last) picking <= 1'b1;
            else if (issue & list_last) picking <= 1'b0;
            if (named) word_first <= word_last;
            if (advance) begin
                word_valid  <= picking;
                other_valid <= word_valid;
                y_valid_o   <= picked;
            end
        end
endmodule

`default_nettype wire
