// After a clear and G steps, with waits between them, y is the floor of gate * x / 2^G, for every x and every gate.
`default_nettype none

module proof (
    input wire clk_i,
    input wire clear,
    input wire step
);
    localparam G = 3;

    (* anyconst *) wire [3:0] x;
    (* anyconst *) wire [G-1:0] gate;
    reg [2:0] steps;
    reg cleared;
    initial cleared = 1'b0;
    always @(posedge clk_i)
        if (clear) {cleared, steps} <= {1'b1, 3'd0};
        else if (step & steps != G) steps <= steps + 1'b1;

    wire [3:0] y;
    wire [7:0] bits = {5'd0, gate};
    es_gate #(.BITS(4)) dut (
        .clk_i(clk_i), .clear_i(clear), .step_i(step & steps != G), .gate_i(bits[steps]), .x_i(x), .y_o(y)
    );

    wire signed [7:0] x_wide = {{4{x[3]}}, x};
    wire signed [7:0] product = x_wide * $signed({5'd0, gate});
    wire signed [7:0] floor = product >>> G;
    always @(*) if (cleared & steps == G) assert (y == floor[3:0]);
endmodule

`default_nettype wire
