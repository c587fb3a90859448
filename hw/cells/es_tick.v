// `last` marks every N-th step: es_count for those who need not know which element it is.
//
// Latency: one cycle. Ranges: N of 1 or more.
`default_nettype none

module es_tick #(
    parameter N = 4
) (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire step_i,
    output wire last_o
);
    wire [((N > 1) ? $clog2(N) : 1)-1:0] unused_at;
    es_count #(.N(N)) count (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(step_i), .at_o(unused_at), .last_o(last_o));
endmodule

`default_nettype wire
