// One stream to N consumers: each takes every beat once, in its own time. The data needs no cell.
//
// Latency: none. A beat leaves x when the last consumer has it; `taken` remembers the earlier ones.
// Ranges: N of 2 or more.
`default_nettype none

module es_fork #(
    parameter N = 2
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         x_valid_i,
    output wire         x_ready_o,
    output wire [N-1:0] y_valid_o,
    input  wire [N-1:0] y_ready_i
);
    reg [N-1:0] taken;

    assign y_valid_o = {N{x_valid_i}} & ~taken;
    assign x_ready_o = &(taken | y_ready_i);

    always @(posedge clk_i)
        if (!rst_ni) taken <= {N{1'b0}};
        else if (x_valid_i) taken <= x_ready_o ? {N{1'b0}} : taken | y_ready_i;
endmodule

`default_nettype wire
