// A memory with one write port and one read port.
//
// STYLE says what it is made of: 0 as the tool likes, 1 block RAM, 2 registers, 3 a large RAM with a single port, which
// is either written or read: a write spoils what it read, so that waits in a register.
// Latency: a read takes one cycle; its result stays while re_i is low.
// Ranges: a read never meets a write to the same address in the same cycle (no_rw_check says so to Yosys), in STYLE 3
// to no address; and the contents are undefined after configuration: whoever needs zeros writes them.
`default_nettype none

module es_ram #(
    parameter BITS    = 8,
    parameter ADDRESS = 8, // 2^ADDRESS words
    parameter STYLE   = 0
) (
    input  wire               clk_i,
    input  wire               we_i,
    input  wire [ADDRESS-1:0] waddr_i,
    input  wire [BITS-1:0]    wdata_i,
    input  wire               re_i,
    input  wire [ADDRESS-1:0] raddr_i,
    output wire [BITS-1:0]    rdata_o
);
    /* verilator lint_off UNUSEDPARAM */
    localparam MADE_OF = (STYLE == 1) ? "block" : (STYLE == 2) ? "logic" : (STYLE == 3) ? "huge" : "auto";
    /* verilator lint_on UNUSEDPARAM */
    (* ram_style = MADE_OF, no_rw_check *)
    reg [BITS-1:0] memory [0:(1<<ADDRESS)-1];
    reg [BITS-1:0] word;

    generate
        if (STYLE != 3) begin : two_ports
            assign rdata_o = word;
            always @(posedge clk_i) begin
                if (we_i) memory[waddr_i] <= wdata_i;
                if (re_i) word <= memory[raddr_i];
            end
        end else begin : one_port
            wire [ADDRESS-1:0] at = we_i ? waddr_i : raddr_i;
            reg fresh;
            reg [BITS-1:0] kept;
            assign rdata_o = fresh ? word : kept;
            always @(posedge clk_i) begin
                if (we_i) memory[at] <= wdata_i;
                if (we_i) word <= {BITS{1'bx}};
                else if (re_i) word <= memory[at];
                fresh <= re_i;
                if (fresh) kept <= word;
            end
        end
    endgenerate
endmodule

`default_nettype wire
