// Events of a model's y stream (elements that are not 0) to records of four words of 16 bits, which wait in a queue:
// the input frame's number (low word first), the score, the unit. y has a frame every RATE input frames, with the last of them.
//
// RECORDS of them wait at most; then y waits, so nothing is lost. take_i takes all waiting_o of them, whose words are
// then read one after the other, before the next take_i. done_o: input frames whose frames of
// y left, whose events all wait or were taken.
// Latency: an element that is an event is taken 4 cycles after it comes; a word is there a cycle after read_i.
// Ranges: UNITS and SCORE_BITS of 1 to 16; RECORDS a power of two; RATE of 1 or more.
`default_nettype none

module es_link_records #(
    parameter UNITS      = 5,
    parameter SCORE_BITS = 8,
    parameter RECORDS    = 16,
    parameter RATE       = 1
) (
    input  wire                  clk_i,
    input  wire                  rst_ni,
    input  wire                  x_valid_i,
    output wire                  x_ready_o,
    input  wire [SCORE_BITS-1:0] x_data_i,
    input  wire                  take_i,
    output reg  [$clog2(RECORDS):0] waiting_o,
    output reg  [31:0]           done_o,
    output wire                  event_o,  // a record was made
    output wire                  frame_o,  // a frame's last element was taken
    input  wire                  read_i,
    output wire [15:0]           word_o
);
    localparam A  = $clog2(RECORDS) + 3;  // as many again are being read
    localparam RB = $clog2(RECORDS);
    localparam [31:0] STEP = RATE, LATER = RATE - 1;
    localparam UA = (UNITS > 1) ? $clog2(UNITS) : 1;

    reg [1:0] part;
    reg [A-1:0] write_at, read_at;
    wire [UA-1:0] unit;
    wire unit_last;
    wire happened = x_valid_i & (x_data_i != {SCORE_BITS{1'b0}});
    wire write = happened & ~waiting_o[RB];
    wire taken = x_valid_i & x_ready_o;
    assign x_ready_o = (x_data_i == {SCORE_BITS{1'b0}}) | (part == 2'd3);
    assign event_o   = write & (part == 2'd3);
    assign frame_o   = taken & unit_last;
    es_count #(.N(UNITS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(unit), .last_o(unit_last)
    );

    wire [15:0] unit_wide, score;
    es_resize #(.X_BITS(UA), .X_SIGNED(0), .Y_BITS(16)) extend_unit (.x_i(unit), .y_o(unit_wide));
    es_resize #(.X_BITS(SCORE_BITS), .X_SIGNED(0), .Y_BITS(16)) extend_score (.x_i(x_data_i), .y_o(score));
    wire [31:0] frame = done_o + LATER;
    reg [15:0] word;
    always @(*)
        case (part)
            2'd0: word = frame[15:0];
            2'd1: word = frame[31:16];
            2'd2: word = score;
            default: word = unit_wide;
        endcase
    es_ram #(.BITS(16), .ADDRESS(A)) queue (
        .clk_i(clk_i), .we_i(write), .waddr_i(write_at), .wdata_i(word),
        .re_i(read_i), .raddr_i(read_at), .rdata_o(word_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            part      <= 2'd0;
            write_at  <= {A{1'b0}};
            read_at   <= {A{1'b0}};
            waiting_o <= {(RB+1){1'b0}};
            done_o    <= 32'd0;
        end else begin
            if (write) part <= part + 1'b1;
            if (write) write_at <= write_at + 1'b1;
            if (read_i) read_at <= read_at + 1'b1;
            waiting_o <= (take_i ? {(RB+1){1'b0}} : waiting_o) + {{RB{1'b0}}, event_o};
            if (frame_o) done_o <= done_o + STEP;
        end
endmodule

`default_nettype wire
