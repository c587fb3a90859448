// The values of one node of a model (docs/link.md, TRACE): a queue from its es_tap to the messages that tell them.
//
// choose_i takes node_i for the node to follow, of which then all elements are queued, and wait while there is no room_o.
// A message holds elements of one frame: offset_o and frame_o are the next one's place. read_i takes it, and in the cycle
// after, last_o: the message ends with it, for its frame ends, no other waits, or it is long enough.
// done_o is done_i, but of no more input frames than those whose values were read.
// Latency: a value is there a cycle after read_i. Ranges: ADDRESS of 2 or more, BITS of 1 to 32; choose_i comes before the
// first element, read_i when there_o is high.
`default_nettype none

module es_link_trace #(
    parameter BITS    = 32,  // of the widest value
    parameter ADDRESS = 8,
    parameter LONG    = 5    // a message ends at the latest before an offset that 2^LONG divides
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        choose_i,
    input  wire [15:0] node_i,
    output reg  [15:0] node_o,   // 65535 if none is followed
    output wire        room_o,
    input  wire [67:0] shown_i,  // es_tap's
    output wire        there_o,
    output reg  [15:0] offset_o,
    output reg  [31:0] frame_o,
    input  wire        read_i,
    output wire [31:0] value_o,
    output wire [1:0]  more_o,   // bytes of a value, less one
    output wire        last_o,
    input  wire [31:0] done_i,
    output wire [31:0] done_o
);
    wire here, goes;
    wire [15:0] later, size_last;
    wire [31:0] value;
    assign {here, goes, more_o, later, size_last, value} = shown_i;

    reg [ADDRESS-1:0] write_at, read_at;
    wire [ADDRESS-1:0] held = write_at - read_at;
    assign there_o = |held;
    assign room_o  = ~&held;
    wire [BITS-1:0] given, word;
    es_resize #(.X_BITS(32), .X_SIGNED(0), .Y_BITS(BITS)) cut (.x_i(value), .y_o(given));
    es_ram #(.BITS(BITS), .ADDRESS(ADDRESS)) queue (
        .clk_i(clk_i), .we_i(goes), .waddr_i(write_at), .wdata_i(given), .re_i(read_i), .raddr_i(read_at), .rdata_o(word)
    );
    es_resize #(.X_BITS(BITS), .X_SIGNED(0), .Y_BITS(32)) extend (.x_i(word), .y_o(value_o));

    reg chosen, ended;
    reg [31:0] through;  // input frames whose values were read
    wire frame_last = (offset_o == size_last);
    wire behind;
    wire [30:0] unused_difference;
    assign {behind, unused_difference} = through - done_i;
    wire told = read_i & frame_last;
    assign last_o = ended | ~there_o;
    assign done_o = (here & behind) ? through : done_i;

    always @(posedge clk_i)
        if (!rst_ni) begin
            node_o   <= 16'hffff;
            chosen   <= 1'b0;
            write_at <= {ADDRESS{1'b0}};
            read_at  <= {ADDRESS{1'b0}};
            offset_o <= 16'd0;
            frame_o  <= 32'd0;
            through  <= 32'd0;
        end else begin
            if (choose_i) node_o <= node_i;
            chosen <= choose_i;
            if (goes) write_at <= write_at + 1'b1;
            if (read_i) read_at <= read_at + 1'b1;
            if (read_i) offset_o <= frame_last ? 16'd0 : offset_o + 1'b1;
            if (told) frame_o <= frame_o + 1'b1;
            if (chosen) through <= {16'd0, later};
            else if (told) through <= through + {16'd0, later} + 32'd1;
        end

    always @(posedge clk_i) if (read_i) ended <= frame_last | &offset_o[LONG-1:0];
endmodule

`default_nettype wire
