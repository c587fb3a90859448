// A beat of each of N streams becomes one beat: all are taken together, when all are there. The data needs no cell.
//
// Latency: none, combinational. Ranges: N of 2 or more.
`default_nettype none

module es_join #(
    parameter N = 2
) (
    input  wire [N-1:0] x_valid_i,
    output wire [N-1:0] x_ready_o,
    output wire         y_valid_o,
    input  wire         y_ready_i
);
    assign y_valid_o = &x_valid_i;
    assign x_ready_o = {N{y_valid_o & y_ready_i}};
endmodule

`default_nettype wire
