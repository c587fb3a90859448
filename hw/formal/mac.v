// y is what was loaded and the products since then, modulo 2^Y_BITS: with x of either sign.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       load,
    input wire       add,
    input wire [5:0] start,
    input wire [1:0] x,
    input wire [2:0] w
);
    wire [5:0] y, z;
    es_mac #(.X_BITS(2), .X_SIGNED(1), .W_BITS(3), .Y_BITS(6)) dut (
        .clk_i(clk_i), .load_i(load), .add_i(add), .start_i(start), .x_i(x), .w_i(w), .y_o(y)
    );
    es_mac #(.X_BITS(2), .X_SIGNED(0), .W_BITS(3), .Y_BITS(6)) unsigned_x (
        .clk_i(clk_i), .load_i(load), .add_i(add), .start_i(start), .x_i(x), .w_i(w), .y_o(z)
    );

    // The product as a sum of shifted w.
    wire [5:0] w_wide = {{3{w[2]}}, w};
    wire [5:0] low    = w_wide & {6{x[0]}};
    wire [5:0] high   = (w_wide << 1) & {6{x[1]}};
    reg loaded;
    initial loaded = 1'b0;
    reg [5:0] sum, sum_z;
    always @(posedge clk_i)
        if (load) begin
            loaded <= 1'b1;
            sum    <= start;
            sum_z  <= start;
        end else if (add) begin
            sum   <= sum + low - high;
            sum_z <= sum_z + low + high;
        end

    always @(*)
        if (loaded) begin
            assert (y == sum);
            assert (z == sum_z);
        end
endmodule

`default_nettype wire
