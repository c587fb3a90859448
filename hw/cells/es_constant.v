// y = the constant of the element whose turn it is: one of COUNT, each step the next, or the same one for all.
//
// VALUES lists BITS each, element 0 rightmost. Latency: one cycle from a step to the next constant.
// Ranges: COUNT of 1 or more.
`default_nettype none

module es_constant #(
    parameter BITS  = 8,
    parameter COUNT = 1,
    parameter [COUNT*BITS-1:0] VALUES = 0
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            step_i,
    output wire [BITS-1:0] y_o
);
    generate
        if (COUNT == 1) begin : shared
            assign y_o = VALUES;
            wire unused = &{1'b0, clk_i, rst_ni, step_i};
        end else begin : each
            wire [$clog2(COUNT)-1:0] at;
            wire unused_last;
            es_count #(.N(COUNT)) element (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step_i), .at_o(at), .last_o(unused_last)
            );
            assign y_o = VALUES[at*BITS +: BITS];
        end
    endgenerate
endmodule

`default_nettype wire
