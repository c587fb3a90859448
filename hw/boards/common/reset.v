// A reset: asserted while it is wanted, released 16 cycles after it no longer is, synchronously.
//
// Latency: 2 cycles to assert, 18 to release. `count` begins at 0 after configuration, so a design starts in reset.
`default_nettype none

module reset (
    input  wire clk_i,
    input  wire run_i,   // from anywhere: a button, a PLL's lock
    output wire rst_no
);
    reg [1:0] wanted;
    reg [4:0] count;
    initial {wanted, count} = 7'd0;
    assign rst_no = count[4];

    always @(posedge clk_i) begin
        wanted <= {wanted[0], run_i};
        if (!wanted[1]) count <= 5'd0;
        else if (!rst_no) count <= count + 1'b1;
    end
endmodule

`default_nettype wire
