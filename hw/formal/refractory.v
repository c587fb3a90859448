// Of each element, over_o says that no event was within its last REFRACTORY frames: for any order of events, of any one
// element, which is read and then written once a frame.
`default_nettype none

module proof (
    input wire clk_i,
    input wire clear,
    input wire read,
    input wire write,
    input wire at,  // the element
    input wire clear_at,
    input wire now  // an event
);
    localparam REFRACTORY = 2;

    (* anyconst *) wire element;
    reg in_hand;
    reg hand_at;
    initial in_hand = 1'b0;
    wire reads  = read & ~in_hand & ~clear;
    wire writes = write & in_hand & ~clear;
    wire over;
    es_refractory #(.CHANNELS(2), .REFRACTORY(REFRACTORY)) dut (
        .clk_i(clk_i), .clear_i(clear), .read_i(reads), .read_at_i(at),
        .write_i(writes), .write_at_i(clear ? clear_at : hand_at), .event_i(now), .over_o(over)
    );

    reg known;  // cleared once
    initial known = 1'b0;
    reg [REFRACTORY-1:0] events;  // of the element's last frames, the newest lowest
    always @(posedge clk_i) begin
        if (clear) in_hand <= 1'b0;
        else if (reads) {in_hand, hand_at} <= {1'b1, at};
        else if (writes) in_hand <= 1'b0;
        if (clear & clear_at == element) {known, events} <= {1'b1, {REFRACTORY{1'b0}}};
        else if (writes & hand_at == element) events <= {events[REFRACTORY-2:0], now};
    end

    always @(*) if (known & in_hand & hand_at == element) assert (over == (events == 0));
endmodule

`default_nettype wire
