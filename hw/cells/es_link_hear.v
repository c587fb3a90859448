// What a host says on the link (docs/link.md): its messages taken apart and judged, the samples of FRAMES as they come.
//
// A message's words of 16 bits go out before it is known to be right; its sequence number and the word after its last
// one follow as words 0 and 1, and then keep_o says that it is. So a ring forgets what is not kept. What is wrong is
// looked for in this order: framing, a message too short for a head and a check, no session, check, sequence, type,
// length, first frame, window. The first fault makes error_o; then nothing but HELLO and RESET is heard.
// `next_o`: the sequence number of the next message, with keep_o that of this one. LOAD is not known, and TRACE only with TRACE
// set, before the first FRAMES of a session: node_o says which with trace_o.
// Latency: 6 cycles from a message's last byte to keep_o, 4 to the others. Ranges: a byte in 12 cycles at most; MOST of
// 4 + 2 * CHANNELS to 65534 bytes.
`default_nettype none

module es_link_hear #(
    parameter CHANNELS = 1,
    parameter MOST     = 256,  // bytes of a FRAMES message's payload
    parameter WINDOW   = 4,
    parameter TRACE    = 0     // TRACE is known
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        byte_valid_i,
    input  wire [7:0]  byte_data_i,
    input  wire        full_i,  // the ring has no room for a message
    output reg  [31:0] session_o,
    output wire        we_o,
    output wire [15:0] at_o,
    output wire [15:0] data_o,
    output wire        keep_o,
    output reg  [15:0] next_o,
    output wire        hello_o,
    output wire        reset_o,
    output wire        stats_o,
    output wire        trace_o,
    output wire [15:0] node_o,
    output reg         error_o,
    output reg         deaf_o,  // after an error
    output reg  [3:0]  code_o,
    output reg  [31:0] expected_o,
    output reg  [31:0] found_o
);
    localparam [7:0] HELLO = 8'd1, RESET = 8'd2, FRAMES = 8'd3, VALUES = 8'd5, STATS = 8'd6;
    localparam [15:0] LONGEST = MOST[15:0], HELD = WINDOW[15:0];

    wire valid, ends;
    wire [7:0] data, owed_now;
    es_cobs_decode decode (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(byte_valid_i), .x_data_i(byte_data_i),
        .y_valid_o(valid), .y_data_o(data), .end_o(ends), .owed_o(owed_now)
    );

    // The last four bytes may be the check: they wait, and leave bit by bit into the CRC while the next byte comes in.
    reg [31:0] tail;
    reg [7:0] coming;
    reg [2:0] held;       // bytes in tail
    reg [3:0] bits_left;
    wire waits = (held == 3'd4);
    wire leaves = valid & waits;
    wire [7:0] byte_out = tail[7:0];
    wire shift = (bits_left != 4'd0);

    reg [1:0] head;       // bytes of type and sequence that left, and then 3
    reg [15:0] size;      // bytes of payload that left
    reg [7:0] kind, low;
    reg [15:0] number;
    reg [31:0] word;      // the first four bytes of payload
    wire of_payload = leaves & (head == 2'd3);
    wire sample = of_payload & size[0] & (|size[15:2]);

    reg [31:0] start;
    wire [31:0] crc;
    wire typed = leaves & (head == 2'd0);
    always @(*) start = (byte_out == HELLO || byte_out == RESET) ? 32'hffffffff : ~session_o;
    es_crc32 check (
        .clk_i(clk_i), .load_i(typed), .start_i(start), .step_i(shift & head != 2'd0), .bit_i(tail[0]), .y_o(crc)
    );

    localparam HEAR = 3'd0, LOOK = 3'd1, JUDGE = 3'd2, ACT = 3'd3, SEQUENCE = 3'd4, SIZE = 3'd5;
    reg [2:0] state;
    wire frames_right;    // FRAMES in which nothing is wrong
    wire over = (state == ACT && !frames_right) || state == SIZE;
    wire frame_last;
    reg whole;            // the next sample is the first of a frame
    reg missed;           // a sample came that had no room
    reg [15:0] frames;    // of this message
    reg [31:0] frame;     // the next message's first
    es_tick #(.N(CHANNELS)) channel (
        .clk_i(clk_i), .rst_ni(rst_ni & ~over), .step_i(sample), .last_o(frame_last)
    );

    assign we_o   = (sample & ~full_i) | state == SEQUENCE | state == SIZE;
    assign at_o   = (state == SEQUENCE) ? 16'd0 : (state == SIZE) ? 16'd1 : {1'b0, size[15:1]};
    assign data_o = (state == SEQUENCE) ? number : (state == SIZE) ? {1'b0, size[15:1]} : {byte_out, low};
    assign keep_o = (state == SIZE);

    // LOOK compares, JUDGE takes the first of the faults, ACT acts on it.
    reg [7:0] owed;
    reg short, odd_check, odd_sequence, odd_length, odd_first, unknown, nobody, beyond;
    wire sessionless = (kind == HELLO || kind == RESET);
    wire [15:0] due = sessionless ? 16'd0 : next_o;
    wire traces = (TRACE != 0) & (kind == VALUES);
    wire [15:0] long = (kind == RESET) ? 16'd4 : (kind == FRAMES) ? LONGEST : traces ? 16'd2 : 16'd0;
    wire ragged = ~whole | size[0] | frames == 16'd0 | size > LONGEST;
    wire [3:0] fault = (owed != 8'd0) ? 4'd1 : short ? 4'd5 : nobody ? 4'd8 : odd_check ? 4'd2 : odd_sequence ? 4'd3
                     : unknown ? 4'd7 : odd_length ? 4'd5 : odd_first ? 4'd4 : beyond ? 4'd9 : 4'd0;
    reg [3:0] verdict;
    wire right = (state == ACT) & (verdict == 4'd0);
    wire counted = right & ~sessionless & ~deaf_o;
    assign frames_right = counted & (kind == FRAMES);
    assign hello_o = right & (kind == HELLO);
    assign reset_o = right & (kind == RESET);
    assign stats_o = counted & (kind == STATS);
    assign trace_o = counted & traces;
    assign node_o  = word[31:16];

    always @(posedge clk_i)
        if (!rst_ni) begin
            state     <= HEAR;
            held      <= 3'd0;
            head      <= 2'd0;
            size      <= 16'd0;
            bits_left <= 4'd0;
            frames    <= 16'd0;
            whole     <= 1'b1;
            missed    <= 1'b0;
            session_o <= 32'd0;
            next_o    <= 16'd0;
            frame     <= 32'd0;
            deaf_o    <= 1'b0;
            error_o   <= 1'b0;
        end else begin
            if (valid) bits_left <= 4'd8;
            else if (shift) bits_left <= bits_left - 1'b1;
            if (over) begin
                held   <= 3'd0;
                head   <= 2'd0;
                size   <= 16'd0;
                frames <= 16'd0;
                whole  <= 1'b1;
                missed <= 1'b0;
            end else begin
                if (valid & ~waits) held <= held + 1'b1;
                if (leaves & head != 2'd3) head <= head + 1'b1;
                if (of_payload & ~&size) size <= size + 1'b1;
                if (sample) whole <= frame_last;
                if (sample & frame_last) frames <= frames + 1'b1;
                if (sample & full_i) missed <= 1'b1;
            end
            case (state)
                HEAR: if (ends) state <= LOOK;
                LOOK: state <= JUDGE;
                JUDGE: state <= ACT;
                ACT: state <= frames_right ? SEQUENCE : HEAR;
                SEQUENCE: state <= SIZE;
                default: state <= HEAR;
            endcase
            error_o <= (state == ACT) & (verdict != 4'd0) & ~deaf_o;
            if (reset_o) begin
                session_o <= word;
                next_o    <= 16'd0;
                frame     <= 32'd0;
                deaf_o    <= 1'b0;
            end else begin
                if (keep_o | (counted & ~frames_right)) next_o <= next_o + 1'b1;
                if (keep_o) frame <= frame + {16'd0, frames};
                if (state == ACT & verdict != 4'd0) deaf_o <= 1'b1;
            end
        end

    always @(posedge clk_i) begin
        if (valid) coming <= data;
        else if (shift) {coming, tail} <= {1'b0, coming, tail[31:1]};
        if (typed) kind <= byte_out;
        if (leaves & (head == 2'd1 | head == 2'd2)) number <= {byte_out, number[15:8]};
        if (of_payload & size[15:2] == 14'd0) word <= {byte_out, word[31:8]};
        if (leaves) low <= byte_out;
        if (ends) owed <= owed_now;
        short        <= ~waits | head != 2'd3;
        odd_check    <= (tail != ~crc);
        odd_sequence <= (number != due);
        odd_length   <= (kind == FRAMES) ? ragged : (size != long);
        odd_first    <= ((kind == FRAMES) & (word != frame)) | (traces & frame != 32'd0);
        beyond       <= (kind == FRAMES) & (missed | full_i);
        unknown      <= ~sessionless & kind != FRAMES & kind != STATS & ~traces;
        nobody       <= ~sessionless & session_o == 32'd0;
        verdict      <= fault;
        if (state == ACT & ~deaf_o) begin
            code_o <= verdict;
            case (verdict)
                4'd1: {expected_o, found_o} <= {24'd0, owed, 32'd0};
                4'd2: {expected_o, found_o} <= {~crc, tail};
                4'd3: {expected_o, found_o} <= {16'd0, due, 16'd0, number};
                4'd4: {expected_o, found_o} <= traces ? {32'd0, frame} : {frame, word};
                4'd5: {expected_o, found_o} <= {16'd0, short ? 16'd0 : long, 16'd0, size};
                4'd9: {expected_o, found_o} <= {16'd0, HELD, 16'd0, HELD + 16'd1};
                default: {expected_o, found_o} <= {56'd0, kind};
            endcase
        end
    end
endmodule

`default_nettype wire
