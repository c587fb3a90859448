// LANES accumulators that take the same x, a weight each: ENGINE 0 es_mac, 1 es_mac_pair, 2 es_mac_digit.
//
// Latency: one cycle. Ranges: those of the engines; clear_i wins over add_i. w_i and y_o have lane 0 lowest.
`default_nettype none

module es_lanes #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter W_BITS   = 8,
    parameter Y_BITS   = 24,
    parameter LANES    = 1,
    parameter ENGINE   = 0
) (
    input  wire                    clk_i,
    input  wire                    clear_i,
    input  wire                    add_i,
    input  wire                    shift_i,
    input  wire [X_BITS-1:0]       x_i,
    input  wire [W_BITS*LANES-1:0] w_i,
    output wire [Y_BITS*LANES-1:0] y_o
);
    localparam PAIRS = (LANES + 1) / 2;
    genvar k;
    generate
        if (ENGINE == 1) begin : pairs
            wire [2*Y_BITS*PAIRS-1:0] y;
            wire [2*W_BITS*PAIRS-1:0] w;
            es_resize #(.X_BITS(W_BITS * LANES), .X_SIGNED(0), .Y_BITS(2 * W_BITS * PAIRS)) even (.x_i(w_i), .y_o(w));
            for (k = 0; k < PAIRS; k = k + 1) begin : pair
                es_mac_pair #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .W_BITS(W_BITS), .Y_BITS(Y_BITS)) unit (
                    .clk_i(clk_i), .clear_i(clear_i), .add_i(add_i), .x_i(x_i),
                    .w_i(w[2*W_BITS*k +: 2*W_BITS]), .y_o(y[2*Y_BITS*k +: 2*Y_BITS])
                );
            end
            es_resize #(.X_BITS(2 * Y_BITS * PAIRS), .Y_BITS(Y_BITS * LANES)) used (.x_i(y), .y_o(y_o));
            wire unused = shift_i;
        end else if (ENGINE == 2) begin : digits
            for (k = 0; k < LANES; k = k + 1) begin : lane
                es_mac_digit #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) unit (
                    .clk_i(clk_i), .clear_i(clear_i), .add_i(add_i), .shift_i(shift_i), .x_i(x_i),
                    .code_i(w_i[W_BITS*k +: 2]), .y_o(y_o[Y_BITS*k +: Y_BITS])
                );
            end
        end else begin : macs
            for (k = 0; k < LANES; k = k + 1) begin : lane
                es_mac #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .W_BITS(W_BITS), .Y_BITS(Y_BITS)) unit (
                    .clk_i(clk_i), .load_i(clear_i), .add_i(add_i), .start_i({Y_BITS{1'b0}}), .x_i(x_i),
                    .w_i(w_i[W_BITS*k +: W_BITS]), .y_o(y_o[Y_BITS*k +: Y_BITS])
                );
            end
            wire unused = shift_i;
        end
    endgenerate
endmodule

`default_nettype wire
