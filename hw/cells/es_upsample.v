// Each frame of SIZE elements is sent FACTOR times; before the first one come FACTOR - 1 frames of zeros.
//
// A frame is taken whole, then sent; the next one is taken while the last beat waits.
// Latency: 2 cycles from a frame's last beat to the first beat out, then one beat a cycle.
// Cycles a frame: SIZE + FACTOR * SIZE. Ranges: FACTOR of 1 or more.
`default_nettype none

module es_upsample #(
    parameter BITS   = 8,
    parameter SIZE   = 4,
    parameter FACTOR = 2,
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
    localparam A = (SIZE > 1) ? $clog2(SIZE) : 1;
    localparam L = $clog2(FACTOR + 1);
    localparam [L-1:0] COPIES = FACTOR, ZEROS = FACTOR - 1;

    reg [L-1:0] left;  // frames still to send
    reg fresh;         // the first frame is still to come
    reg zero;          // the beat on y is one of those before the first frame
    wire sending = (left != {L{1'b0}});
    wire advance = ~y_valid_o | y_ready_i;
    wire taken   = x_valid_i & x_ready_o;
    wire sent    = sending & advance;
    assign x_ready_o = ~sending;

    wire [A-1:0] at;
    wire last;
    wire [BITS-1:0] held;
    es_count #(.N(SIZE)) element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken | sent), .at_o(at), .last_o(last));
    es_ram #(.BITS(BITS), .ADDRESS(A), .STYLE(STYLES)) frame (
        .clk_i(clk_i), .we_i(taken), .waddr_i(at), .wdata_i(x_data_i), .re_i(sent), .raddr_i(at), .rdata_o(held)
    );
    assign y_data_o = zero ? {BITS{1'b0}} : held;

    always @(posedge clk_i) if (sent) zero <= fresh;

    always @(posedge clk_i)
        if (!rst_ni) begin
            left      <= ZEROS;
            fresh     <= 1'b1;
            y_valid_o <= 1'b0;
        end else begin
            if (taken & last) left <= COPIES;
            else if (sent & last) left <= left - 1'b1;
            if (taken) fresh <= 1'b0;
            if (advance) y_valid_o <= sent;
        end
endmodule

`default_nettype wire
