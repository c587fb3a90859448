// A queue of DEPTH beats: DEPTH - 1 in RAM, and one in its output register.
//
// Latency: 2 cycles when empty; one beat a cycle. Ranges: ADDRESS of 1 or more, DEPTH of 2 to 2^ADDRESS.
`default_nettype none

module es_fifo #(
    parameter BITS    = 8,
    parameter ADDRESS = 9,
    parameter DEPTH   = 1 << ADDRESS,
    parameter STYLE   = 0  // es_ram's
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
    localparam MOST = DEPTH - 1;

    reg [ADDRESS-1:0] write_at, read_at;
    wire [ADDRESS-1:0] held = write_at - read_at;
    wire taken = x_valid_i & x_ready_o;
    wire fetch = (held != {ADDRESS{1'b0}}) & (~y_valid_o | y_ready_i);
    assign x_ready_o = (held != MOST[ADDRESS-1:0]);

    es_ram #(.BITS(BITS), .ADDRESS(ADDRESS), .STYLE(STYLE)) queue (
        .clk_i(clk_i), .we_i(taken), .waddr_i(write_at), .wdata_i(x_data_i),
        .re_i(fetch), .raddr_i(read_at), .rdata_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            write_at  <= {ADDRESS{1'b0}};
            read_at   <= {ADDRESS{1'b0}};
            y_valid_o <= 1'b0;
        end else begin
            if (taken) write_at <= write_at + 1'b1;
            if (fetch) read_at <= read_at + 1'b1;
            y_valid_o <= fetch | (y_valid_o & ~y_ready_i);
        end
endmodule

`default_nettype wire
