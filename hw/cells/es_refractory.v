// Frames for which each of CHANNELS elements must still be silent: REFRACTORY after an event, one less every frame.
//
// Latency: over_o belongs to the element that was read a cycle before, and stays. An element is read, then written.
// Whoever uses it clears it after reset. Ranges: REFRACTORY of 0 or more.
`default_nettype none

module es_refractory #(
    parameter CHANNELS   = 1,
    parameter REFRACTORY = 10,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire clk_i,
    input  wire clear_i,
    input  wire read_i,
    input  wire [((CHANNELS > 1) ? $clog2(CHANNELS) : 1)-1:0] read_at_i,
    input  wire write_i,
    input  wire [((CHANNELS > 1) ? $clog2(CHANNELS) : 1)-1:0] write_at_i,  // what to clear, too
    input  wire event_i,
    output wire over_o
);
    localparam CA   = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam BITS = (REFRACTORY > 0) ? $clog2(REFRACTORY + 1) : 1;
    localparam [BITS-1:0] ALL = REFRACTORY, NONE = 0;

    wire [BITS-1:0] left;
    wire [BITS-1:0] next = event_i ? ALL : over_o ? NONE : left - 1'b1;
    assign over_o = (left == NONE);

    es_ram #(.BITS(BITS), .ADDRESS(CA), .STYLE(STYLES)) frames (
        .clk_i(clk_i), .we_i(write_i | clear_i), .waddr_i(write_at_i), .wdata_i(clear_i ? NONE : next),
        .re_i(read_i), .raddr_i(read_at_i), .rdata_o(left)
    );
endmodule

`default_nettype wire
