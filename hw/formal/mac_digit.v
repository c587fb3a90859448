// y is the sum of x times a digit since the last clear, times four at each shift, modulo 2^Y_BITS: x of either sign.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       clear,
    input wire       add,
    input wire       shift,
    input wire [1:0] x,
    input wire [1:0] code
);
    wire [5:0] y, z;
    es_mac_digit #(.X_BITS(2), .X_SIGNED(1), .Y_BITS(6)) dut (
        .clk_i(clk_i), .clear_i(clear), .add_i(add), .shift_i(shift), .x_i(x), .code_i(code), .y_o(y)
    );
    es_mac_digit #(.X_BITS(2), .X_SIGNED(0), .Y_BITS(6)) unsigned_x (
        .clk_i(clk_i), .clear_i(clear), .add_i(add), .shift_i(shift), .x_i(x), .code_i(code), .y_o(z)
    );

    function [5:0] times(input [5:0] a, input [1:0] digit);
        times = (digit == 2'd0) ? 6'd0 : (digit == 2'd1) ? a : (digit == 2'd2) ? a + a : 6'd0 - a;
    endfunction
    reg cleared;
    initial cleared = 1'b0;
    reg [5:0] sum, sum_z;
    always @(posedge clk_i)
        if (clear) begin
            cleared <= 1'b1;
            sum     <= 6'd0;
            sum_z   <= 6'd0;
        end else begin
            sum   <= (shift ? sum << 2 : sum) + (add ? times({{4{x[1]}}, x}, code) : 6'd0);
            sum_z <= (shift ? sum_z << 2 : sum_z) + (add ? times({4'd0, x}, code) : 6'd0);
        end

    always @(*)
        if (cleared) begin
            assert (y == sum);
            assert (z == sum_z);
        end
endmodule

`default_nettype wire
