// A queue of 2^ADDRESS - 1 beats, and one more in its output register.
//
// Latency: 2 cycles when empty; one beat a cycle. Ranges: ADDRESS of 1 or more.
`default_nettype none

module es_fifo #(
    parameter BITS    = 8,
    parameter ADDRESS = 9
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
    reg [ADDRESS-1:0] write_at, read_at;
    wire [ADDRESS-1:0] next_write = write_at + 1'b1;
    wire taken = x_valid_i & x_ready_o;
    wire fetch = (write_at != read_at) & (~y_valid_o | y_ready_i);
    assign x_ready_o = (next_write != read_at);

    es_ram #(.BITS(BITS), .ADDRESS(ADDRESS)) queue (
        .clk_i(clk_i), .we_i(taken), .waddr_i(write_at), .wdata_i(x_data_i),
        .re_i(fetch), .raddr_i(read_at), .rdata_o(y_data_o)
    );

    always @(posedge clk_i)
        if (!rst_ni) begin
            write_at  <= {ADDRESS{1'b0}};
            read_at   <= {ADDRESS{1'b0}};
            y_valid_o <= 1'b0;
        end else begin
            if (taken) write_at <= next_write;
            if (fetch) read_at <= read_at + 1'b1;
            y_valid_o <= fetch | (y_valid_o & ~y_ready_i);
        end
endmodule

`default_nettype wire
