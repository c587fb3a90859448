// The CRC-32 of IEEE 802.3, a bit a step, each byte's lowest bit first: y, and its complement is the check.
//
// A step with y's own lowest bit shifts y right by one: so the check's bits come out one after the other.
// Latency: one cycle a step. Ranges: start_i is the complement of what zlib.crc32 calls its second argument.
`default_nettype none

module es_crc32 (
    input  wire        clk_i,
    input  wire        load_i,
    input  wire [31:0] start_i,
    input  wire        step_i,
    input  wire        bit_i,
    output reg  [31:0] y_o
);
    wire back = y_o[0] ^ bit_i;

    always @(posedge clk_i)
        if (load_i) y_o <= start_i;
        else if (step_i) y_o <= {1'b0, y_o[31:1]} ^ ({32{back}} & 32'hedb88320);
endmodule

`default_nettype wire
