// What every stream of valid and ready must keep to, and what a cell makes of its streams: beats in, beats out.
//
// Read by Yosys with -formal, as part of a proof (tests/formal).
`default_nettype none

// A proof begins with a reset; further resets may come at any time, unless ONCE.
module reset_first #(
    parameter ONCE = 0
) (
    input wire clk_i,
    input wire rst_ni
);
    reg begun;
    initial begun = 1'b0;
    always @(posedge clk_i) begun <= 1'b1;
    always @(*)
        if (!begun) assume (!rst_ni);
        else if (ONCE != 0) assume (rst_ni);
endmodule

// A beat once offered stays, with its data, until it is taken. The source of a proof is assumed to keep to it
// (ASSUMED), a cell must.
module check_stays #(
    parameter BITS    = 1,
    parameter ASSUMED = 0
) (
    input wire            clk_i,
    input wire            rst_ni,
    input wire            valid_i,
    input wire            ready_i,
    input wire [BITS-1:0] data_i
);
    reg waited;
    initial waited = 1'b0;
    reg [BITS-1:0] offered;
    always @(posedge clk_i) begin
        waited  <= rst_ni & valid_i & ~ready_i;
        offered <= data_i;
    end

    wire stays = ~waited | ~rst_ni | (valid_i & (data_i == offered));
    always @(*)
        if (ASSUMED != 0) assume (stays);
        else assert (stays);
endmodule

// How many beats a cell takes and sends. Over and over it takes TAKES beats of each of its PORTS inputs (W bits each,
// port 0 lowest) and sends SENDS; before the beat number b of these it has NEEDS[b] of each input (port 0 lowest).
//
// no surplus: a beat is offered only when what it needs is there, or offered in the same cycle.
// no overflow: a cell never takes more than HOLDS cycles of input ahead of what it has sent.
// progress: what is owed comes, and what is needed next is taken, within PATIENCE cycles in which y is not held up.
// So no beat is lost either: one that is lost is owed for ever.
// SENT of the first cycle's beats went out before anything was taken, if EARLY: they need no input.
// JOINED: the inputs are taken together; else one after the other.
module check_flow #(
    parameter PORTS    = 1,
    parameter W        = 8,
    parameter [PORTS*W-1:0] TAKES = 1,
    parameter SENDS    = 1,
    parameter [PORTS*SENDS*W-1:0] NEEDS = 1,
    parameter EARLY    = 0,
    parameter SENT     = 0,
    parameter JOINED   = 1,
    parameter HOLDS    = 3,
    parameter PATIENCE = 16
) (
    input wire             clk_i,
    input wire             rst_ni,
    input wire [PORTS-1:0] x_valid_i,
    input wire [PORTS-1:0] x_ready_i,
    input wire             y_valid_i,
    input wire             y_ready_i
);
    localparam P = $clog2(PATIENCE + 1);

    reg [W-1:0] sent;
    wire sends     = y_valid_i & y_ready_i;
    wire sent_last = sent == SENDS - 1;
    always @(posedge clk_i)
        if (!rst_ni) sent <= SENT;
        else if (sends) sent <= sent_last ? 0 : sent + 1'b1;

    wire [PORTS-1:0] takes = x_valid_i & x_ready_i;
    wire [PORTS-1:0] has, will_have, overfull;
    genvar k;
    generate
        for (k = 0; k < PORTS; k = k + 1) begin : port
            reg [W-1:0] taken;
            reg signed [3:0] ahead;  // cycles that the input is ahead of y; -1 while the rest of a cycle is to come
            wire taken_last = taken == TAKES[k*W +: W] - 1;
            wire [W-1:0] need = NEEDS[(sent*PORTS+k)*W +: W];
            assign has[k]       = (ahead > 0) | (ahead == 0 & taken >= need);
            assign will_have[k] = (ahead > 0) | (ahead == 0 & taken + x_valid_i[k] >= need)
                                | (ahead == -1 & taken_last & x_valid_i[k] & need == 0);
            assign overfull[k]  = ahead > HOLDS | ahead < -1;
            always @(posedge clk_i)
                if (!rst_ni) begin
                    taken <= 0;
                    ahead <= EARLY;
                end else begin
                    if (takes[k]) taken <= taken_last ? 0 : taken + 1'b1;
                    ahead <= ahead + (takes[k] & taken_last) - (sends & sent_last);
                end
        end
    endgenerate

    wire [PORTS-1:0] wanted = ~has;
    wire [PORTS-1:0] first  = wanted & (~wanted + 1'b1);
    wire could = (JOINED != 0) ? ~|(wanted & ~x_valid_i) : (wanted == 0) | |(first & x_valid_i);
    wire held_up = y_valid_i & ~y_ready_i;

    reg [P-1:0] waits;
    always @(posedge clk_i)
        if (!rst_ni | sends | |takes) waits <= 0;
        else if (could & ~held_up) waits <= waits + 1'b1;

    always @(*)
        if (rst_ni) begin
            if (y_valid_i) assert (&will_have);
            assert (overfull == 0);
            assert (waits < PATIENCE);
        end
endmodule

`default_nettype wire
