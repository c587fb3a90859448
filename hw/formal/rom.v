// A read gives the file's word at its address one cycle later, and it stays until the next read.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       re,
    input wire [1:0] raddr
);
    wire [3:0] rdata;
    es_rom #(.BITS(4), .DEPTH(3), .ADDRESS(2), .FILE("words.hex")) dut (
        .clk_i(clk_i), .re_i(re), .raddr_i(raddr), .rdata_o(rdata)
    );

    reg known;
    initial known = 1'b0;
    reg [3:0] expected;
    always @(posedge clk_i)
        if (re) begin
            known    <= raddr != 2'd3;
            expected <= (raddr == 2'd0) ? 4'hc : (raddr == 2'd1) ? 4'h5 : 4'ha;
        end

    always @(*) if (known) assert (rdata == expected);
endmodule

`default_nettype wire
