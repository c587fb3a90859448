// y = u >> SHIFT; then u <- u + RISE if |x| > y, else max(u - FALL, 0): the noise level of each of SIZE elements.
//
// u lives in RAM; `seen` tells that the first frame since reset is over, before which u is 0 whatever the RAM holds.
// Latency: 1 cycle. Cycles a frame: 2 * SIZE. Ranges: u never exceeds Y_BITS + SHIFT bits, and Y_BITS >= X_BITS.
`default_nettype none

module es_noise #(
    parameter X_BITS   = 16,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 16,
    parameter SIZE     = 4,
    parameter SHIFT    = 6,
    parameter [Y_BITS+SHIFT-1:0] RISE = 64,
    parameter [Y_BITS+SHIFT-1:0] FALL = 64,
    parameter [1:0] STYLES = 0  // STYLE of its memory
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output reg               y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    localparam A = (SIZE > 1) ? $clog2(SIZE) : 1;
    localparam U = Y_BITS + SHIFT;

    reg seen;
    wire taken = x_valid_i & x_ready_o;
    wire done  = y_valid_o & y_ready_i;
    assign x_ready_o = ~y_valid_o;

    wire [A-1:0] at;
    wire last;
    wire [U-1:0] kept, next;
    es_count #(.N(SIZE)) element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .at_o(at), .last_o(last));
    es_ram #(.BITS(U), .ADDRESS(A), .STYLE(STYLES)) levels (
        .clk_i(clk_i), .we_i(done), .waddr_i(at), .wdata_i(next), .re_i(taken), .raddr_i(at), .rdata_o(kept)
    );

    reg [X_BITS-1:0] x;
    wire negative = (X_SIGNED != 0) & x[X_BITS-1];
    wire [Y_BITS-1:0] magnitude;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(0), .Y_BITS(Y_BITS)) extend (.x_i(negative ? -x : x), .y_o(magnitude));

    wire [U-1:0] u      = kept & {U{seen}};
    wire [U:0]   fallen = {1'b0, u} - {1'b0, FALL};
    assign y_data_o = u[U-1:SHIFT];
    assign next     = (magnitude > y_data_o) ? u + RISE : fallen[U-1:0] & {U{~fallen[U]}};

    always @(posedge clk_i) if (taken) x <= x_data_i;

    always @(posedge clk_i)
        if (!rst_ni) begin
            seen      <= 1'b0;
            y_valid_o <= 1'b0;
        end else begin
            if (done & last) seen <= 1'b1;
            y_valid_o <= taken | (y_valid_o & ~y_ready_i);
        end
endmodule

`default_nettype wire
