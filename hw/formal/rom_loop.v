// From the second cycle after a reset on, y is the file's word whose turn it is: the number of steps since then modulo DEPTH.
`default_nettype none

module proof (
    input wire clk_i,
    input wire rst_ni,
    input wire step
);
    wire [3:0] y;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_rom_loop #(.BITS(4), .DEPTH(3), .FILE("words.hex")) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step & there), .y_o(y)
    );

    reg there;
    initial there = 1'b0;
    reg [11:0] turns;
    always @(posedge clk_i) begin
        there <= rst_ni;
        if (!rst_ni) turns <= 12'ha5c;
        else if (step & there) turns <= {turns[3:0], turns[11:4]};
    end

    always @(*) if (rst_ni & there) assert (y == turns[3:0]);
endmodule

`default_nettype wire
