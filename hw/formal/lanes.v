// Each lane, one alone or one of a pair, holds the sum of x times its own weights since the last clear, whatever the engine:
// a weight is a digit there that has no multiplier.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       clear,
    input wire       add,
    input wire       shift,
    input wire [1:0] x,
    input wire [5:0] w
);
    wire [14:0] macs, pairs, digits;
    es_lanes #(.X_BITS(2), .W_BITS(2), .Y_BITS(5), .LANES(3), .ENGINE(0)) mac (
        .clk_i(clk_i), .clear_i(clear), .add_i(add), .shift_i(shift), .x_i(x), .w_i(w), .y_o(macs)
    );
    es_lanes #(.X_BITS(2), .W_BITS(2), .Y_BITS(5), .LANES(3), .ENGINE(1)) pair (
        .clk_i(clk_i), .clear_i(clear), .add_i(add), .shift_i(shift), .x_i(x), .w_i(w), .y_o(pairs)
    );
    es_lanes #(.X_BITS(2), .W_BITS(2), .Y_BITS(5), .LANES(3), .ENGINE(2)) digit (
        .clk_i(clk_i), .clear_i(clear), .add_i(add), .shift_i(shift), .x_i(x), .w_i(w), .y_o(digits)
    );

    reg cleared;
    initial cleared = 1'b0;
    always @(posedge clk_i) if (clear) cleared <= 1'b1;

    genvar k;
    generate
        for (k = 0; k < 3; k = k + 1) begin : lane
            wire [4:0] one    = {{3{x[1]}}, x};
            wire [4:0] once   = one & {5{w[2*k]}};
            wire [4:0] twice  = (one << 1) & {5{w[2*k+1]}};
            wire       is_3   = w[2*k +: 2] == 2'd3;
            reg  [4:0] sum, digit_sum;
            always @(posedge clk_i)
                if (clear) {sum, digit_sum} <= 10'd0;
                else begin
                    if (add) sum <= sum + once - twice;
                    digit_sum <= (shift ? digit_sum << 2 : digit_sum) + (add ? (is_3 ? 5'd0 - one : once + twice) : 5'd0);
                end
            always @(*)
                if (cleared) begin
                    assert (macs[5*k +: 5] == sum);
                    assert (pairs[5*k +: 5] == sum);
                    assert (digits[5*k +: 5] == digit_sum);
                end
        end
    endgenerate
endmodule

`default_nettype wire
