// y = what x was ELEMENTS beats ago: a delay by whole frames. The first ELEMENTS beats are zeros.
//
// A ring in RAM whose size is a power of two above ELEMENTS, so that a read never meets the write. After reset it is
// cleared, one word a cycle. Latency: 1 cycle; one beat a cycle. Ranges: ELEMENTS of 1 or more.
`default_nettype none

module es_delay #(
    parameter BITS     = 8,
    parameter ELEMENTS = 4,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            x_valid_i,
    output wire            x_ready_o,
    input  wire [BITS-1:0] x_data_i,
    output reg             y_valid_o,
    input  wire            y_ready_i,
    output wire [BITS-1:0] y_data_o
);
    localparam A = $clog2(ELEMENTS + 1);
    localparam BACK = ELEMENTS;

    reg clear;
    reg [A-1:0] write_at;
    wire advance = ~y_valid_o | y_ready_i;
    wire taken   = x_valid_i & x_ready_o;
    assign x_ready_o = ~clear & advance;

    es_ram #(.BITS(BITS), .ADDRESS(A), .STYLE(STYLES)) ring (
        .clk_i(clk_i), .we_i(taken | clear), .waddr_i(write_at), .wdata_i(clear ? {BITS{1'b0}} : x_data_i),
        .re_i(taken), .raddr_i(write_at - BACK[A-1:0]), .rdata_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            clear     <= 1'b1;
            write_at  <= {A{1'b0}};
            y_valid_o <= 1'b0;
        end else begin
            if (taken | clear) write_at <= write_at + 1'b1;
            if (&write_at) clear <= 1'b0;
            if (advance) y_valid_o <= taken;
        end
endmodule

`default_nettype wire
