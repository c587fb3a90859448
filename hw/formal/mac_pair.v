// Each half of y is the sum of x times its own weight since the last clear, modulo 2^Y_BITS: written for any tool, without
// the macro ES_MAC16.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       clear,
    input wire       add,
    input wire [1:0] x,
    input wire [2:0] w0,
    input wire [2:0] w1
);
    wire [5:0] y0, y1;
    es_mac_pair #(.X_BITS(2), .X_SIGNED(0), .W_BITS(3), .Y_BITS(6)) dut (
        .clk_i(clk_i), .clear_i(clear), .add_i(add), .x_i(x), .w_i({w1, w0}), .y_o({y1, y0})
    );

    // The products as sums of shifted weights.
    wire [5:0] wide0 = {{3{w0[2]}}, w0};
    wire [5:0] wide1 = {{3{w1[2]}}, w1};
    reg cleared;
    initial cleared = 1'b0;
    reg [5:0] sum0, sum1;
    always @(posedge clk_i)
        if (clear) {cleared, sum0, sum1} <= {1'b1, 12'd0};
        else if (add) begin
            sum0 <= sum0 + (wide0 & {6{x[0]}}) + ((wide0 << 1) & {6{x[1]}});
            sum1 <= sum1 + (wide1 & {6{x[0]}}) + ((wide1 << 1) & {6{x[1]}});
        end

    always @(*)
        if (cleared) begin
            assert (y0 == sum0);
            assert (y1 == sum1);
        end
endmodule

`default_nettype wire
