// Messages of samples: words of 16 bits written into the next free slot, sent as y once they are kept, in order.
//
// A slot holds 2^SLOT words: the message's sequence number, the word after its last sample, and from word 2 on its
// samples. Words beyond the slot are dropped. A slot is free again when its last sample was taken.
// taken_o: the sequence number of the first message not yet sent, next_i if there is none: messages that hold no
// samples count as taken when those before them are. Latency: 4 cycles from keep_i to the first sample, which then come
// every second cycle. Ranges: SLOT of 2 to 15, SLOTS (2^SLOTS of them) of 1 or more; keep_i and words come only
// while full_o is low, next_i with keep_i is the message's own number.
`default_nettype none

module es_link_ring #(
    parameter SLOT  = 7,
    parameter SLOTS = 2
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        we_i,
    input  wire [15:0] at_i,
    input  wire [15:0] data_i,
    input  wire        keep_i,
    input  wire [15:0] next_i,
    output wire        full_o,
    output wire        there_o,  // samples wait or are on their way
    output reg  [15:0] taken_o,
    output wire        y_valid_o,
    input  wire        y_ready_i,
    output wire [15:0] y_data_o
);
    localparam IDLE = 3'd0, SIZE = 3'd1, FETCH = 3'd2, OFFER = 3'd3, NEXT = 3'd4;
    reg [2:0] state;
    reg [SLOTS:0] held;
    reg [SLOTS-1:0] write_slot, read_slot;
    reg [SLOT-1:0] at, after;
    wire last  = (held == {{SLOTS{1'b0}}, 1'b1});
    wire sent  = (state == FETCH) & (at == after);
    wire freed = (sent & last) | state == NEXT;
    wire [SLOTS-1:0] slot_after = read_slot + 1'b1;
    assign full_o    = held[SLOTS];
    assign there_o   = (held != {(SLOTS+1){1'b0}});
    assign y_valid_o = (state == OFFER);

    wire begins = (state == IDLE) & there_o;
    wire [SLOT-1:0] read_at = begins ? {{(SLOT-1){1'b0}}, 1'b1} : sent ? {SLOT{1'b0}} : at;
    es_ram #(.BITS(16), .ADDRESS(SLOT + SLOTS)) slots (
        .clk_i(clk_i), .we_i(we_i & ~|at_i[15:SLOT]), .waddr_i({write_slot, at_i[SLOT-1:0]}), .wdata_i(data_i),
        .re_i(begins | (state == FETCH)), .raddr_i({sent ? slot_after : read_slot, read_at}), .rdata_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            state      <= IDLE;
            held       <= {(SLOTS+1){1'b0}};
            write_slot <= {SLOTS{1'b0}};
            read_slot  <= {SLOTS{1'b0}};
        end else begin
            held <= held + {{SLOTS{1'b0}}, keep_i} - {{SLOTS{1'b0}}, freed};
            if (keep_i) write_slot <= write_slot + 1'b1;
            if (freed) read_slot <= slot_after;
            case (state)
                IDLE: if (there_o) state <= SIZE;
                SIZE: state <= FETCH;
                FETCH: state <= ~sent ? OFFER : last ? IDLE : NEXT;
                OFFER: if (y_ready_i) state <= FETCH;
                default: state <= IDLE;
            endcase
        end

    always @(posedge clk_i) begin
        if (~there_o | (sent & last)) taken_o <= next_i;
        else if (state == NEXT) taken_o <= y_data_o;
        if (state == SIZE) begin
            at    <= {{(SLOT-2){1'b0}}, 2'd2};
            after <= y_data_o[SLOT-1:0];
        end else if (state == FETCH) at <= at + 1'b1;
    end
endmodule

`default_nettype wire
