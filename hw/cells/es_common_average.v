// y[c] = x[c] - ((R * sum(x)) >> 16), R = (2^16 + CHANNELS / 2) / CHANNELS: the common average reference.
//
// R * sum(x) is a sum of R * x[c]: one multiplication a beat as the line comes in, so nothing is left to multiply when
// it is there. Then the line is read again from RAM. Leading axes are simply further lines.
// Latency: 2 cycles from a line's last beat to the first beat out, then one beat a cycle.
// Cycles a line: 2 * CHANNELS + 1. Ranges: CHANNELS 1 to 4096; SUM_BITS (17 or more) holds every R * sum(x), signed.
`default_nettype none

module es_common_average #(
    parameter X_BITS   = 16,
    parameter X_SIGNED = 1,
    parameter SUM_BITS = 32,
    parameter Y_BITS   = 17,
    parameter CHANNELS = 4,
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
    localparam A = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam R = (65536 + CHANNELS / 2) / CHANNELS;
    localparam W = $clog2(R + 1) + 1;  // with a sign bit of 0

    reg sending;
    wire advance   = ~y_valid_o | y_ready_i;
    wire taken     = x_valid_i & x_ready_o;
    wire sent      = sending & advance;
    wire line_done = y_valid_o & y_ready_i & ~sending;
    assign x_ready_o = ~sending & ~y_valid_o;

    wire [A-1:0] at;
    wire last;
    wire [X_BITS-1:0] held;
    es_count #(.N(CHANNELS)) element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken | sent), .at_o(at), .last_o(last));
    es_ram #(.BITS(X_BITS), .ADDRESS(A), .STYLE(STYLES)) line (
        .clk_i(clk_i), .we_i(taken), .waddr_i(at), .wdata_i(x_data_i), .re_i(sent), .raddr_i(at), .rdata_o(held)
    );

    wire [SUM_BITS-1:0] sum;
    es_mac #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .W_BITS(W), .Y_BITS(SUM_BITS)) mac (
        .clk_i(clk_i), .load_i(~rst_ni | line_done), .add_i(taken),
        .start_i({SUM_BITS{1'b0}}), .x_i(x_data_i), .w_i(R[W-1:0]), .y_o(sum)
    );

    wire [Y_BITS-1:0] x, mean;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) extend_x (.x_i(held), .y_o(x));
    es_resize #(.X_BITS(SUM_BITS), .X_SIGNED(1), .Y_BITS(Y_BITS)) extend_m (.x_i($signed(sum) >>> 16), .y_o(mean));
    assign y_data_o = x - mean;

    always @(posedge clk_i)
        if (!rst_ni) begin
            sending   <= 1'b0;
            y_valid_o <= 1'b0;
        end else begin
            if ((taken | sent) & last) sending <= taken;
            if (advance) y_valid_o <= sent;
        end
endmodule

`default_nettype wire
