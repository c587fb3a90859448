// u <- saturate(u - (u >> leak) + x + recurrent @ s);  y = s <- u > threshold;  u <- u - threshold * s.
//
// Leaky integrate-and-fire neurons; the sum takes the spikes s of the frame before. After a spike an element stays
// silent for REFRACTORY frames, but goes on integrating. Membranes and refractory counts stand in one RAM, which the
// first frame after a reset takes as zeros. With RECURRENT_BITS, an element's row of weights (row = target) is read, one
// a cycle, and those from elements that spiked are added: the count of cycles never depends on the spikes.
// LEAKS has 4 bits each, THRESHOLDS U_BITS each: one for all or one an element, element 0 rightmost.
// Latency: 1 cycle; CHANNELS + 2 if recurrent. Cycles a frame: CHANNELS, but 2 for a single element (its membrane is
// written before it is read); CHANNELS * (CHANNELS + 3) if recurrent.
// Ranges: leaks 1 to 15, thresholds above 0; the compiler proves that x + recurrent @ s fits DRIVE_BITS, signed.
`default_nettype none

module es_lif #(
    parameter X_BITS          = 8,
    parameter X_SIGNED        = 1,
    parameter DRIVE_BITS      = 8,
    parameter U_BITS          = 12,
    parameter CHANNELS        = 4,
    parameter LEAK_COUNT      = 1,
    parameter [4*LEAK_COUNT-1:0] LEAKS = 4'd3,
    parameter THRESHOLD_COUNT = 1,
    parameter [U_BITS*THRESHOLD_COUNT-1:0] THRESHOLDS = 100,
    parameter REFRACTORY      = 0,
    parameter RECURRENT_BITS  = 0,  // of a recurrent weight; 0: there are none
    parameter RECURRENT_FILE  = "",
    parameter [3:0] STYLES = 0  // STYLE of state, weights: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output wire              y_data_o
);
    localparam EA = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam RB = (REFRACTORY > 0) ? $clog2(REFRACTORY + 1) : 1;
    localparam S  = ((U_BITS > DRIVE_BITS) ? U_BITS : DRIVE_BITS) + 2;  // holds u - (u >> leak) + drive
    localparam SILENT = REFRACTORY;

    wire taken = x_valid_i & x_ready_o;
    wire done  = y_valid_o & y_ready_i;

    wire [EA-1:0] ahead;   // the element to be taken next
    reg  [EA-1:0] element; // the one in hand
    wire ahead_last;
    reg last, fresh;       // fresh: no frame since reset
    es_count #(.N(CHANNELS)) elements (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(ahead), .last_o(ahead_last)
    );
    always @(posedge clk_i) if (taken) {last, element} <= {ahead_last, ahead};

    wire [RB-1:0] wait_left, next_wait;
    wire [U_BITS-1:0] u, next_u;
    wire [RB+U_BITS-1:0] word;
    es_ram #(.BITS(RB + U_BITS), .ADDRESS(EA), .STYLE(STYLES[1:0])) state (
        .clk_i(clk_i), .we_i(done), .waddr_i(element), .wdata_i({next_wait, next_u}),
        .re_i(taken), .raddr_i(ahead), .rdata_o(word)
    );
    assign {wait_left, u} = fresh ? {(RB+U_BITS){1'b0}} : word;

    // What drives the membrane: x, then the weights that are added.
    wire add, complete;
    reg [DRIVE_BITS-1:0] drive;
    wire [DRIVE_BITS-1:0] x, weight;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(DRIVE_BITS)) extend_x (.x_i(x_data_i), .y_o(x));
    always @(posedge clk_i)
        if (taken) drive <= x;
        else if (add) drive <= drive + weight;

    wire [3:0] leak;
    wire signed [S-1:0] u_wide, kept;
    wire signed [S-1:0] leaked = u_wide - (u_wide >>> leak);
    generate
        if (RECURRENT_BITS == 0) begin : alone
            assign kept      = leaked;
            assign x_ready_o = ~y_valid_o | (y_ready_i & (CHANNELS > 1));
            assign complete  = taken;
            assign add       = 1'b0;
            assign weight    = {DRIVE_BITS{1'b0}};
        end else begin : recurrent
            localparam WORDS = CHANNELS * CHANNELS;
            localparam WA    = (WORDS > 1) ? $clog2(WORDS) : 1;
            localparam [CHANNELS-1:0] TOP = ~({CHANNELS{1'b1}} >> 1);

            reg busy, issue, spiked, row_done;
            reg [CHANNELS-1:0] past, now;  // the spikes of two frames, each in turn at bit 0
            wire [CHANNELS-1:0] now_next = (now >> 1) | (TOP & {CHANNELS{y_data_o}});
            wire [WA-1:0] weight_at;
            wire [RECURRENT_BITS-1:0] rom_word;
            wire row_last, unused_last;
            es_tick #(.N(CHANNELS)) in_row (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue), .last_o(row_last));
            es_count #(.N(WORDS)) in_rom (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue), .at_o(weight_at), .last_o(unused_last)
            );
            es_rom #(.BITS(RECURRENT_BITS), .DEPTH(WORDS), .ADDRESS(WA), .FILE(RECURRENT_FILE), .STYLE(STYLES[3:2])) weights (
                .clk_i(clk_i), .re_i(issue), .raddr_i(weight_at), .rdata_o(rom_word)
            );
            es_resize #(.X_BITS(RECURRENT_BITS), .X_SIGNED(1), .Y_BITS(DRIVE_BITS)) extend_weight (
                .x_i(rom_word), .y_o(weight)
            );
            reg signed [S-1:0] leaked_before;  // a register shortens the way; there is a cycle, the first weight's
            always @(posedge clk_i) leaked_before <= leaked;
            assign kept      = leaked_before;
            assign x_ready_o = ~busy;
            assign complete  = row_done;
            assign add       = spiked;

            always @(posedge clk_i) if (done) now <= now_next;
            always @(posedge clk_i)
                if (!rst_ni) begin
                    busy     <= 1'b0;
                    issue    <= 1'b0;
                    spiked   <= 1'b0;
                    row_done <= 1'b0;
                    past     <= {CHANNELS{1'b0}};
                end else begin
                    busy     <= taken | (busy & ~done);
                    issue    <= taken | (issue & ~row_last);
                    spiked   <= issue & past[0];
                    row_done <= issue & row_last;
                    if (issue) past <= (past >> 1) | (TOP & {CHANNELS{past[0]}});
                    else if (done & last) past <= now_next;
                end
        end
    endgenerate

    // The membrane's step.
    wire [U_BITS-1:0] threshold;
    es_constant #(.BITS(4), .COUNT(LEAK_COUNT), .VALUES(LEAKS)) leaks (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .y_o(leak)
    );
    es_constant #(.BITS(U_BITS), .COUNT(THRESHOLD_COUNT), .VALUES(THRESHOLDS)) thresholds (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .y_o(threshold)
    );
    wire signed [S-1:0] drive_wide;
    wire signed [S-1:0] total = kept + drive_wide;
    wire [U_BITS-1:0] risen;
    es_resize #(.X_BITS(U_BITS), .X_SIGNED(1), .Y_BITS(S)) extend_u (.x_i(u), .y_o(u_wide));
    es_resize #(.X_BITS(DRIVE_BITS), .X_SIGNED(1), .Y_BITS(S)) extend_drive (.x_i(drive), .y_o(drive_wide));
    es_saturate #(.X_BITS(S), .Y_BITS(U_BITS), .Y_SIGNED(1)) saturate (.x_i(total), .y_o(risen));

    wire idle = (wait_left == {RB{1'b0}});
    assign y_data_o  = ($signed(risen) > $signed(threshold)) & idle;
    assign next_u    = risen - (y_data_o ? threshold : {U_BITS{1'b0}});
    assign next_wait = y_data_o ? SILENT[RB-1:0] : idle ? {RB{1'b0}} : wait_left - 1'b1;

    always @(posedge clk_i)
        if (!rst_ni) begin
            y_valid_o <= 1'b0;
            fresh     <= 1'b1;
        end else begin
            y_valid_o <= complete | (y_valid_o & ~y_ready_i);
            if (done & last) fresh <= 1'b0;
        end
endmodule

`default_nettype wire
