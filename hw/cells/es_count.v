// Counts the elements of a frame: `at` rises from 0 to N - 1, one a step, and begins again; `last` marks N - 1.
//
// Latency: one cycle. Ranges: N of 1 or more; N = 1 is last forever.
`default_nettype none

module es_count #(
    parameter N = 4
) (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire step_i,
    output reg  [((N > 1) ? $clog2(N) : 1)-1:0] at_o,
    output wire last_o
);
    localparam BITS = (N > 1) ? $clog2(N) : 1;
    localparam LAST = N - 1;

    assign last_o = (at_o == LAST[BITS-1:0]);

    always @(posedge clk_i)
        if (!rst_ni) at_o <= {BITS{1'b0}};
        else if (step_i) at_o <= last_o ? {BITS{1'b0}} : at_o + 1'b1;
endmodule

`default_nettype wire
