// A model's end of the link (docs/link.md) between a serial line and its streams: bytes in, bytes out, x and y.
//
// After a reset, and after each RESET of the host, the model is held in reset until HELLO is ready to be sent; so it and all
// counters begin anew. EVENTS is sent whenever a message was taken, a frame is done or an event came, and the line is free.
// Nothing is lost: while records wait for the line, the model waits, and then its samples do. `worst` of STATS: the most
// cycles from one frame's first sample to the next one's, of those in which samples were there.
// event_o: an event left the model. deaf_o: the host did something wrong, and has not begun anew.
// TRACE: the values of one node are told, of which trace_i says what es_tap shows; the model is in reset until the first samples
// are there, so all of it comes after the choice of the node. Without it trace_node_o and trace_room_o are 0.
// Ranges: DIVIDE of the serial line, cycles a bit, of 8 or more; SLOT: MOST is 2^(SLOT+1) and holds a frame.
`default_nettype none

module es_link #(
    parameter CHANNELS    = 1,
    parameter UNITS       = 5,
    parameter SCORE_BITS  = 8,
    parameter RATE        = 1,   // input frames a frame of y
    parameter SLOT        = 7,
    parameter SLOTS       = 2,   // 2^SLOTS messages are the window
    parameter RECORDS     = 16,  // of a message, at most
    parameter TRACE       = 0,   // bits of the widest value that is traced; 0 for no TRACE
    parameter HELLO_BYTES = 60,
    parameter HELLO_FILE  = "hello.hex"
) (
    input  wire                  clk_i,
    input  wire                  rst_ni,
    input  wire                  byte_valid_i,
    input  wire [7:0]            byte_data_i,
    output wire                  byte_valid_o,
    input  wire                  byte_ready_i,
    output wire [7:0]            byte_data_o,
    output wire                  model_rst_no,
    output wire                  x_valid_o,
    input  wire                  x_ready_i,
    output wire [15:0]           x_data_o,
    input  wire                  y_valid_i,
    output wire                  y_ready_o,
    input  wire [SCORE_BITS-1:0] y_data_i,
    output wire [15:0]           trace_node_o,
    output wire                  trace_room_o,
    input  wire [67:0]           trace_i,
    output wire                  event_o,
    output wire                  deaf_o
);
    localparam COUNT = $clog2(RECORDS) + 1;

    wire [31:0] session, expected, found;
    wire [15:0] at, data, next, taken, node;
    wire [3:0] code;
    wire we, keep, full, there, hello, restart, stats, choose, error;
    es_link_hear #(.CHANNELS(CHANNELS), .MOST(2 << SLOT), .WINDOW(1 << SLOTS), .TRACE(TRACE)) hear (
        .clk_i(clk_i), .rst_ni(rst_ni), .byte_valid_i(byte_valid_i), .byte_data_i(byte_data_i), .full_i(full),
        .session_o(session), .we_o(we), .at_o(at), .data_o(data), .keep_o(keep), .next_o(next), .hello_o(hello),
        .reset_o(restart), .stats_o(stats), .trace_o(choose), .node_o(node), .error_o(error), .deaf_o(deaf_o),
        .code_o(code), .expected_o(expected), .found_o(found)
    );

    reg starting;  // until HELLO is ready, the model is in reset
    wire begun = rst_ni & ~restart;
    wire held;
    assign model_rst_no = rst_ni & ~held;

    wire x_valid;
    assign x_valid_o = x_valid & ~held;
    es_link_ring #(.SLOT(SLOT), .SLOTS(SLOTS)) ring (
        .clk_i(clk_i), .rst_ni(begun), .we_i(we), .at_i(at), .data_i(data), .keep_i(keep), .next_i(next),
        .full_o(full), .there_o(there), .taken_o(taken),
        .y_valid_o(x_valid), .y_ready_i(x_ready_i & ~held), .y_data_o(x_data_o)
    );

    wire [COUNT-1:0] waiting;
    wire [31:0] done, told;  // `told`: with all that is to be said of them
    wire [15:0] word;
    wire frame, take, read;
    es_link_records #(.UNITS(UNITS), .SCORE_BITS(SCORE_BITS), .RECORDS(RECORDS), .RATE(RATE)) records (
        .clk_i(clk_i), .rst_ni(model_rst_no & begun), .x_valid_i(y_valid_i), .x_ready_o(y_ready_o), .x_data_i(y_data_i),
        .take_i(take), .waiting_o(waiting), .done_o(done), .event_o(event_o), .frame_o(frame),
        .read_i(read), .word_o(word)
    );

    wire values, values_read, value_last;
    wire [15:0] offset;
    wire [31:0] node_at, value;
    wire [1:0] value_more;
    generate
        if (TRACE != 0) begin : traced
            reg begins;  // no samples yet
            always @(posedge clk_i)
                if (!begun) begins <= 1'b1;
                else begins <= begins & ~there;
            assign held = starting | begins;
            es_link_trace #(.BITS(TRACE)) trace (
                .clk_i(clk_i), .rst_ni(begun), .choose_i(choose), .node_i(node), .node_o(trace_node_o),
                .room_o(trace_room_o), .shown_i(trace_i), .there_o(values), .offset_o(offset), .frame_o(node_at),
                .read_i(values_read), .value_o(value), .more_o(value_more), .last_o(value_last),
                .done_i(done), .done_o(told)
            );
        end else begin : untraced
            wire unused = &{1'b0, choose, node, trace_i, values_read};
            assign held = starting;
            assign told = done;
            assign {values, value_last, value_more, offset, node_at, value} = 84'd0;
            assign {trace_node_o, trace_room_o} = 17'd0;
        end
    endgenerate

    // What is to be said. What comes while EVENTS is being said is news again.
    localparam HELLO = 3'd1, EVENTS = 3'd4, STATS = 3'd6, ERROR = 3'd7;
    reg asked, erred, stats_asked, news;
    reg [15:0] taken_before;
    wire said, ended;
    wire [2:0] kind;
    wire greeted = ended & kind == HELLO;
    always @(posedge clk_i)
        if (!begun) begin
            starting    <= 1'b1;
            asked       <= 1'b0;
            erred       <= 1'b0;
            stats_asked <= 1'b0;
            news        <= 1'b0;
        end else begin
            starting    <= starting & ~greeted;
            asked       <= hello | (asked & ~greeted);
            erred       <= error | (erred & ~(said & kind == ERROR));
            stats_asked <= stats | (stats_asked & ~(said & kind == STATS));
            news        <= frame | event_o | (taken != taken_before & ~starting) | (news & ~(said & kind == EVENTS));
        end
    always @(posedge clk_i) taken_before <= taken;

    // How long frames took.
    reg [31:0] worst, lasted, events;
    wire frame_last;
    wire taken_now = x_valid_o & x_ready_i;
    reg fresh;     // the next sample is the first of a frame
    reg running;   // a frame came since the reset
    wire frame_first = taken_now & fresh;
    es_tick #(.N(CHANNELS)) channel (
        .clk_i(clk_i), .rst_ni(model_rst_no & begun), .step_i(taken_now), .last_o(frame_last)
    );
    always @(posedge clk_i)
        if (!model_rst_no | !begun) begin
            worst   <= 32'd0;
            lasted  <= 32'd0;
            events  <= 32'd0;
            fresh   <= 1'b1;
            running <= 1'b0;
        end else begin
            if (event_o) events <= events + 32'd1;
            if (taken_now) fresh <= frame_last;
            if (frame_first) running <= 1'b1;
            lasted <= frame_first ? 32'd1 : lasted + {31'd0, there};
            if (frame_first & running & lasted > worst) worst <= lasted;
        end

    wire byte_valid, byte_ready, byte_last;
    wire [7:0] byte_data;
    es_link_say #(.HELLO_BYTES(HELLO_BYTES), .HELLO_FILE(HELLO_FILE), .COUNT(COUNT), .TRACE(TRACE)) say (
        .clk_i(clk_i), .rst_ni(begun), .hello_i(starting | asked),
        .error_i(erred & ~starting), .stats_i(stats_asked),
        .trace_i(values), .events_i(news), .said_o(said), .kind_o(kind), .ended_o(ended), .session_i(session), .taken_i(taken),
        .done_i(told), .events_count_i(events), .worst_i(worst), .code_i(code), .expected_i(expected),
        .found_i(found), .waiting_i(waiting), .take_o(take), .read_o(read), .word_i(word),
        .node_i(trace_node_o), .offset_i(offset), .frame_i(node_at), .value_read_o(values_read), .value_i(value),
        .value_more_i(value_more), .value_last_i(value_last),
        .y_valid_o(byte_valid), .y_ready_i(byte_ready), .y_data_o(byte_data), .y_last_o(byte_last)
    );
    es_link_tx tx (
        .clk_i(clk_i), .rst_ni(rst_ni), .drop_i(restart), .start_i(kind == HELLO ? 32'hffffffff : ~session),
        .x_valid_i(byte_valid), .x_ready_o(byte_ready), .x_data_i(byte_data), .x_last_i(byte_last),
        .y_valid_o(byte_valid_o), .y_ready_i(byte_ready_i), .y_data_o(byte_data_o)
    );
endmodule

`default_nettype wire
