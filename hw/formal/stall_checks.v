// The same beats sent to two copies of a cell: to one as fast as it goes, to the other with stalls of any kind.
//
// If both send the same, no stall loses a beat, doubles one, changes one or swaps two of them. Memories begin with
// anything, in each copy with something else, so neither does what is left in them matter.
`default_nettype none

// COUNT beats of any data, for both copies: each sees those from its own place on. `free_i` false holds the second
// copy's next beat back; one that it has offered stays.
module stall_source #(
    parameter BITS  = 1,
    parameter COUNT = 4
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            free_i,
    output wire            fast_valid_o,
    input  wire            fast_ready_i,
    output wire [BITS-1:0] fast_data_o,
    output wire            slow_valid_o,
    input  wire            slow_ready_i,
    output wire [BITS-1:0] slow_data_o
);
    localparam A = $clog2(COUNT + 1);

    reg [BITS-1:0] beats [0:(1<<A)-1];  // never written: any data, which stay
    reg [A-1:0] fast, slow;
    reg offered;
    assign fast_valid_o = fast != COUNT;
    assign slow_valid_o = slow != COUNT & (free_i | offered);
    assign fast_data_o  = beats[fast];
    assign slow_data_o  = beats[slow];

    always @(posedge clk_i)
        if (!rst_ni) begin
            fast    <= 0;
            slow    <= 0;
            offered <= 1'b0;
        end else begin
            if (fast_valid_o & fast_ready_i) fast <= fast + 1'b1;
            if (slow_valid_o & slow_ready_i) slow <= slow + 1'b1;
            offered <= slow_valid_o & ~slow_ready_i;
        end
endmodule

// Both send the same beat as their n-th, whatever n is.
module check_same #(
    parameter BITS = 1,
    parameter W    = 6
) (
    input wire            clk_i,
    input wire            rst_ni,
    input wire            fast_sends_i,
    input wire [BITS-1:0] fast_data_i,
    input wire            slow_sends_i,
    input wire [BITS-1:0] slow_data_i
);
    (* anyconst *) wire [W-1:0] which;
    reg [W-1:0] fast, slow;
    reg fast_has, slow_has;
    reg [BITS-1:0] fast_beat, slow_beat;
    always @(posedge clk_i)
        if (!rst_ni) begin
            fast     <= 0;
            slow     <= 0;
            fast_has <= 1'b0;
            slow_has <= 1'b0;
        end else begin
            if (fast_sends_i) begin
                fast <= fast + 1'b1;
                if (fast == which & ~fast_has) {fast_has, fast_beat} <= {1'b1, fast_data_i};
            end
            if (slow_sends_i) begin
                slow <= slow + 1'b1;
                if (slow == which & ~slow_has) {slow_has, slow_beat} <= {1'b1, slow_data_i};
            end
        end

    always @(*) if (rst_ni & fast_has & slow_has) assert (fast_beat == slow_beat);
endmodule

`default_nettype wire
