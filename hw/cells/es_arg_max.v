// y = which of each CHANNELS elements is greatest; of equals the first.
//
// Latency: none, combinational from a line's last beat; one beat in a cycle. Ranges: CHANNELS of 1 or more.
`default_nettype none

module es_arg_max #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter CHANNELS = 4
) (
    input  wire                                               clk_i,
    input  wire                                               rst_ni,
    input  wire                                               x_valid_i,
    output wire                                               x_ready_o,
    input  wire [X_BITS-1:0]                                  x_data_i,
    output wire                                               y_valid_o,
    input  wire                                               y_ready_i,
    output wire [((CHANNELS > 1) ? $clog2(CHANNELS) : 1)-1:0] y_data_o
);
    localparam A = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;

    wire [A-1:0] at;
    wire last, exceeds;
    wire taken = x_valid_i & x_ready_o;
    es_count #(.N(CHANNELS)) element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(at), .last_o(last));

    reg [X_BITS-1:0] best;
    reg [A-1:0] best_at;
    es_exceeds #(.A_BITS(X_BITS), .A_SIGNED(X_SIGNED), .B_BITS(X_BITS), .B_SIGNED(X_SIGNED)) compare (
        .a_i(x_data_i), .b_i(best), .y_o(exceeds)
    );
    wire better = exceeds | (at == {A{1'b0}});

    assign y_valid_o = x_valid_i & last;
    assign x_ready_o = y_ready_i | ~last;
    assign y_data_o  = better ? at : best_at;

    always @(posedge clk_i)
        if (taken & better) begin
            best    <= x_data_i;
            best_at <= at;
        end
endmodule

`default_nettype wire
