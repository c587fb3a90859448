// What a device says on the link (docs/link.md): the bytes of ERROR, HELLO, STATS, TRACE or EVENTS, without check and framing.
//
// Of what is wanted the first of these is said; said_o is high for a cycle when one begins, with kind_o, and ended_o when
// its last byte is taken. HELLO is the file's HELLO_BYTES, type and sequence included, with the session in its place.
// EVENTS has all records that wait when its `done` is read, for which take_o is high then: their words are read one a
// cycle at the least. TRACE, if TRACE is set, has the values that are read one after the other up to the first with
// value_last_i. A reset forgets a message that was begun. Latency: 2 cycles a word.
// Ranges: COUNT, bits of the number of records, of 1 or more.
`default_nettype none

module es_link_say #(
    parameter HELLO_BYTES = 60,
    parameter HELLO_FILE  = "hello.hex",
    parameter COUNT       = 5,
    parameter TRACE       = 0
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        hello_i,
    input  wire        error_i,
    input  wire        stats_i,
    input  wire        trace_i,
    input  wire        events_i,
    output wire        said_o,
    output reg  [2:0]  kind_o,
    output wire        ended_o,
    input  wire [31:0] session_i,
    input  wire [15:0] taken_i,
    input  wire [31:0] done_i,
    input  wire [31:0] events_count_i,
    input  wire [31:0] worst_i,
    input  wire [3:0]  code_i,
    input  wire [31:0] expected_i,
    input  wire [31:0] found_i,
    input  wire [COUNT-1:0] waiting_i,
    output wire        take_o,
    output wire        read_o,
    input  wire [15:0] word_i,
    input  wire [15:0] node_i,
    input  wire [15:0] offset_i,
    input  wire [31:0] frame_i,
    output wire        value_read_o,
    input  wire [31:0] value_i,
    input  wire [1:0]  value_more_i,  // its bytes, less one
    input  wire        value_last_i,
    output wire        y_valid_o,
    input  wire        y_ready_i,
    output wire [7:0]  y_data_o,
    output wire        y_last_o
);
    localparam HELLO = 3'd1, EVENTS = 3'd4, VALUES = 3'd5, STATS = 3'd6, ERROR = 3'd7;
    localparam IDLE = 2'd0, FETCH = 2'd1, LOAD = 2'd2, GIVE = 2'd3;
    localparam A = $clog2(HELLO_BYTES);
    localparam HELLO_LAST = HELLO_BYTES - 1, SESSION = 7, AFTER_SESSION = 11;
    localparam DONE = 2, RECORD = 4, RECORD_LAST = 7, STATS_LAST = 4, ERROR_LAST = 3, VALUE = 3;

    reg [1:0] state;
    reg [A-1:0] step;       // HELLO: the byte; else the word, of which a record has four
    reg [COUNT-1:0] left;   // records still to come
    reg [15:0] number;
    reg [31:0] hold;        // the next byte lowest
    reg [1:0] more;         // bytes of hold after the next
    wire hello = (kind_o == HELLO);
    wire values = (TRACE != 0) & (kind_o == VALUES);
    wire trace  = (TRACE != 0) & trace_i;
    wire wanted = hello_i | error_i | stats_i | trace | events_i;
    wire word_done = (state == GIVE) & y_ready_i & (more == 2'd0);
    assign said_o  = (state == LOAD) & (step == {A{1'b0}});
    assign take_o  = (state == LOAD) & (kind_o == EVENTS) & (step == DONE[A-1:0]);
    assign read_o  = (state == FETCH) & (kind_o == EVENTS) & step[2];
    wire value   = values & step == VALUE[A-1:0];
    reg value_last;
    assign value_read_o = (state == FETCH) & value;
    always @(posedge clk_i) if (state == LOAD) value_last <= value & value_last_i;

    reg last;  // this word is the message's last one
    always @(*)
        case (kind_o)
            HELLO: last = (step == HELLO_LAST[A-1:0]);
            EVENTS: last = (step == DONE[A-1:0] & ~|left) | (step == RECORD_LAST[A-1:0] & left == {{(COUNT-1){1'b0}}, 1'b1});
            STATS: last = (step == STATS_LAST[A-1:0]);
            default: last = values ? value_last : (step == ERROR_LAST[A-1:0]);
        endcase
    assign y_valid_o = (state == GIVE);
    assign y_data_o  = hold[7:0];
    assign y_last_o  = last & (more == 2'd0);
    assign ended_o   = word_done & last;

    wire [7:0] letter;
    es_rom #(.BITS(8), .DEPTH(HELLO_BYTES), .ADDRESS(A), .FILE(HELLO_FILE), .STYLE(1)) text (
        .clk_i(clk_i), .re_i(state == FETCH), .raddr_i(step), .rdata_o(letter)
    );

    reg [33:0] next;  // how many bytes less one, and they
    always @(*)
        if (hello) next = (step == SESSION[A-1:0]) ? {2'd3, session_i} : {26'd0, letter};
        else if (values & |step[1:0])
            case (step[1:0])
                2'd1: next = {2'd3, offset_i, node_i};
                2'd2: next = {2'd3, frame_i};
                default: next = {value_more_i, value_i};
            endcase
        else
            case ({kind_o, step[2:0]})
                {EVENTS, 3'd1}: next = {2'd1, 16'd0, taken_i};
                {EVENTS, 3'd2}, {STATS, 3'd1}: next = {2'd3, done_i};
                {EVENTS, 3'd4}, {EVENTS, 3'd5}: next = {2'd1, 16'd0, word_i};
                {EVENTS, 3'd6}, {EVENTS, 3'd7}: next = {2'd3, 16'd0, word_i};
                {STATS, 3'd2}: next = {2'd3, events_count_i};
                {STATS, 3'd3}: next = {2'd3, 32'd0};  // overruns: back-pressure loses nothing
                {STATS, 3'd4}: next = {2'd3, worst_i};
                {ERROR, 3'd1}: next = {30'd0, code_i};
                {ERROR, 3'd2}: next = {2'd3, expected_i};
                {ERROR, 3'd3}: next = {2'd3, found_i};
                default: next = {2'd2, 8'd0, number, 5'd0, kind_o};
            endcase

    wire [A-1:0] step_after = (hello & step == SESSION[A-1:0]) ? AFTER_SESSION[A-1:0]
                            : (~hello & (step == DONE[A-1:0] | step == RECORD_LAST[A-1:0]) & kind_o == EVENTS) ? RECORD[A-1:0]
                            : value ? step : step + 1'b1;
    always @(posedge clk_i)
        if (!rst_ni) begin
            state    <= IDLE;
            number <= 16'd0;
        end else begin
            case (state)
                IDLE: if (wanted & y_ready_i) state <= FETCH;
                FETCH: state <= LOAD;
                LOAD: state <= GIVE;
                default: if (word_done) state <= last ? IDLE : FETCH;
            endcase
            if (said_o & ~hello) number <= number + 1'b1;
        end

    always @(posedge clk_i) begin
        if (state == IDLE) begin
            kind_o <= error_i ? ERROR : hello_i ? HELLO : stats_i ? STATS : trace ? VALUES : EVENTS;
            step   <= {A{1'b0}};
        end else if (word_done) step <= step_after;
        if (state == LOAD) {more, hold} <= next;
        else if (y_valid_o & y_ready_i) {more, hold} <= {more - 1'b1, 8'd0, hold[31:8]};
        if (take_o) left <= waiting_i;
        else if (word_done & kind_o == EVENTS & step == RECORD_LAST[A-1:0]) left <= left - 1'b1;
    end
endmodule

`default_nettype wire
