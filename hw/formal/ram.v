// A read gives what was last written to its address, any one of them, one cycle later, and it stays until the next read:
// with two ports, if no write meets it at its address; with one port, if no write meets it.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       we,
    input wire [1:0] waddr,
    input wire [1:0] wdata,
    input wire       re,
    input wire [1:0] raddr
);
    (* anyconst *) wire [1:0] address;
    wire [1:0] rdata, one_rdata;
    es_ram #(.BITS(2), .ADDRESS(2)) dut (
        .clk_i(clk_i), .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(re), .raddr_i(raddr), .rdata_o(rdata)
    );
    es_ram #(.BITS(2), .ADDRESS(2), .STYLE(3)) one_port (
        .clk_i(clk_i), .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(re & ~we), .raddr_i(raddr), .rdata_o(one_rdata)
    );
    always @(*) assume (!(we & re & waddr == raddr));

    reg written, known, one_known;
    initial {written, known, one_known} = 3'b000;
    reg [1:0] word, expected, one_expected;
    always @(posedge clk_i) begin
        if (we & waddr == address) {written, word} <= {1'b1, wdata};
        if (re) {known, expected} <= {written & raddr == address, word};
        if (re & ~we) {one_known, one_expected} <= {written & raddr == address, word};
    end

    always @(*) begin
        if (known) assert (rdata == expected);
        if (one_known) assert (one_rdata == one_expected);
    end
endmodule

`default_nettype wire
