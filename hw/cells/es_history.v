// For each beat its element's history, one word a cycle: the centre, which came REACH frames before the beat, then the
// REACH frames after the centre, then the REACH frames before it, both from old to new.
//
// A ring in RAM. After reset it is cleared, one word a cycle. The next beat is taken when done_i says so.
// Latency: 2 cycles from a beat in to the centre, then one word a cycle. Ranges: REACH of 1 or more.
`default_nettype none

module es_history #(
    parameter BITS     = 8,
    parameter CHANNELS = 1,
    parameter REACH    = 4,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    input  wire            done_i,
    output wire            clear_o,    // after reset; clear_at_o passes every element then
    output wire [$clog2((2*REACH+1)*CHANNELS)-1:0] clear_at_o,
    output wire [BITS-1:0] value_o,
    output reg             valid_o,    // value is of the history
    output reg             first_o,    // it is the centre
    output reg             earlier_o,  // it is one of those before the centre
    output reg             last_o
);
    localparam A  = $clog2((2 * REACH + 1) * CHANNELS);
    localparam WA = $clog2(2 * REACH + 1);
    localparam CENTRE = -REACH * CHANNELS;      // before the first beat, which goes to 0
    localparam LATER  = CHANNELS;               // from one frame to the next
    localparam OLDEST = -2 * REACH * CHANNELS;  // from the newest frame to the oldest
    localparam NEXT   = CHANNELS + 1;           // from the frame before the centre to the centre of the next element
    localparam NEWEST = REACH;

    localparam CLEAR = 2'd0, TAKE = 2'd1, READ = 2'd2, WAIT = 2'd3;
    reg [1:0] state;
    reg [A-1:0] write_at, read_at;
    wire taken = x_valid_i & x_ready_o;
    wire issue = (state == READ);
    assign clear_o    = (state == CLEAR);
    assign clear_at_o = write_at;
    assign x_ready_o  = (state == TAKE);

    wire [WA-1:0] word;  // 0 is the centre, then the frames after it, then those before it
    wire word_last;
    wire [A-1:0] step = word_last ? NEXT[A-1:0] : (word == NEWEST[WA-1:0]) ? OLDEST[A-1:0] : LATER[A-1:0];
    es_count #(.N(2 * REACH + 1)) history (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue), .at_o(word), .last_o(word_last)
    );
    es_ram #(.BITS(BITS), .ADDRESS(A), .STYLE(STYLES)) ring (
        .clk_i(clk_i), .we_i(taken | clear_o), .waddr_i(write_at), .wdata_i(clear_o ? {BITS{1'b0}} : x_data_i),
        .re_i(issue), .raddr_i(read_at), .rdata_o(value_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            state     <= CLEAR;
            write_at  <= {A{1'b0}};
            read_at   <= CENTRE[A-1:0];
            valid_o   <= 1'b0;
            first_o   <= 1'b0;
            earlier_o <= 1'b0;
            last_o    <= 1'b0;
        end else begin
            if (taken | clear_o) write_at <= write_at + 1'b1;
            if (issue) read_at <= read_at + step;
            valid_o   <= issue;
            first_o   <= issue & (word == {WA{1'b0}});
            earlier_o <= (word > NEWEST[WA-1:0]);
            last_o    <= issue & word_last;
            case (state)
                CLEAR: if (&write_at) state <= TAKE;
                TAKE: if (taken) state <= READ;
                READ: if (word_last) state <= WAIT;
                default: if (done_i) state <= TAKE;
            endcase
        end
endmodule

`default_nettype wire
