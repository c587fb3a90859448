// y is the remainder of what was loaded and the bits since then, one a step, by the polynomial 104c11db7: written the
// other way round, the highest power first, as one divides on paper.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire        load,
    input wire [31:0] start,
    input wire        step,
    input wire        next
);
    wire [31:0] y;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    wire loads = load | ~rst_ni;
    es_crc32 dut (.clk_i(clk_i), .load_i(loads), .start_i(start), .step_i(step), .bit_i(next), .y_o(y));

    function [31:0] mirrored(input [31:0] x);
        integer k;
        for (k = 0; k < 32; k = k + 1) mirrored[k] = x[31-k];
    endfunction
    reg there;
    initial there = 1'b0;
    reg [31:0] rest;
    wire [32:0] twice = {rest, 1'b0} ^ {next, 32'd0};
    always @(posedge clk_i) begin
        there <= 1'b1;
        if (loads) rest <= mirrored(start);
        else if (step) rest <= twice[32] ? twice[31:0] ^ 32'h04c11db7 : twice[31:0];
    end

    always @(*) if (there) assert (mirrored(y) == rest);
endmodule

`default_nettype wire
