// y = 1 if x > level, else 0: one level for all elements, or one per element of the last axis.
//
// LEVELS lists X_BITS each, element 0 rightmost. Latency: none, combinational; one beat a cycle.
// Ranges: levels are values of x's type.
`default_nettype none

module es_threshold #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter COUNT    = 1,
    parameter [COUNT*X_BITS-1:0] LEVELS = 0
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire              y_data_o
);
    wire [X_BITS-1:0] level;
    es_constant #(.BITS(X_BITS), .COUNT(COUNT), .VALUES(LEVELS)) levels (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(x_valid_i & y_ready_i), .y_o(level)
    );
    es_exceeds #(.A_BITS(X_BITS), .A_SIGNED(X_SIGNED), .B_BITS(X_BITS), .B_SIGNED(X_SIGNED)) exceeds (
        .a_i(x_data_i), .b_i(level), .y_o(y_data_o)
    );

    assign y_valid_o = x_valid_i;
    assign x_ready_o = y_ready_i;
endmodule

`default_nettype wire
