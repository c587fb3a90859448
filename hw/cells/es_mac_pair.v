// y0 <= 0, y1 <= 0, or y0 <= y0 + x * w0, y1 <= y1 + x * w1: two 8 x 8 multiply-accumulates that share an operand.
//
// With the macro ES_MAC16, the name of a module with the ports of an iCE40's SB_MAC16, it is one of those: with sums of 16
// bits at most they are its accumulators too, wider ones are logic beside its products. Without the macro the same is
// written for any tool. w0 and w1 are signed; sums are taken modulo 2^Y_BITS, y0 the lower half of y_o.
// Latency: one cycle. Ranges: X_BITS and W_BITS of 1 to 8, Y_BITS of X_BITS or more; clear_i wins over add_i.
`default_nettype none

module es_mac_pair #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter W_BITS   = 8,
    parameter Y_BITS   = 16
) (
    input  wire                clk_i,
    input  wire                clear_i,
    input  wire                add_i,
    input  wire [X_BITS-1:0]   x_i,
    input  wire [2*W_BITS-1:0] w_i,  // w1, w0
    output wire [2*Y_BITS-1:0] y_o
);
`ifdef ES_MAC16
    wire [7:0] x, w0, w1;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(8)) widen_x (.x_i(x_i), .y_o(x));
    es_resize #(.X_BITS(W_BITS), .X_SIGNED(1), .Y_BITS(8)) widen_w0 (.x_i(w_i[W_BITS-1:0]), .y_o(w0));
    es_resize #(.X_BITS(W_BITS), .X_SIGNED(1), .Y_BITS(8)) widen_w1 (.x_i(w_i[2*W_BITS-1:W_BITS]), .y_o(w1));

    localparam INSIDE = (Y_BITS <= 16);
    wire [31:0] o;
    `ES_MAC16 #(
        .MODE_8x8(1'b1), .A_SIGNED((X_SIGNED != 0) ? 1'b1 : 1'b0), .B_SIGNED(1'b1),
        .TOPOUTPUT_SELECT(INSIDE ? 2'd1 : 2'd2), .BOTOUTPUT_SELECT(INSIDE ? 2'd1 : 2'd2),  // sums or products
        .TOPADDSUB_LOWERINPUT(2'd1), .BOTADDSUB_LOWERINPUT(2'd1)                           // add the products
    ) mac (
        .CLK(clk_i), .CE(1'b1), .A({x, x}), .B({w1, w0}), .C(16'd0), .D(16'd0),
        .AHOLD(1'b0), .BHOLD(1'b0), .CHOLD(1'b0), .DHOLD(1'b0),
        .IRSTTOP(1'b0), .IRSTBOT(1'b0), .ORSTTOP(1'b0), .ORSTBOT(1'b0),
        .OLOADTOP(clear_i), .OLOADBOT(clear_i), .ADDSUBTOP(1'b0), .ADDSUBBOT(1'b0),
        .OHOLDTOP(~add_i & ~clear_i), .OHOLDBOT(~add_i & ~clear_i), .CI(1'b0), .ACCUMCI(1'b0), .SIGNEXTIN(1'b0), .O(o)
    );
    generate
        if (INSIDE) begin : own_sums
            assign y_o = {o[16 +: Y_BITS], o[0 +: Y_BITS]};
        end else begin : more_bits
            wire [2*Y_BITS-1:0] products;
            es_resize #(.X_BITS(16), .X_SIGNED(1), .Y_BITS(Y_BITS)) widen0 (.x_i(o[15:0]), .y_o(products[0 +: Y_BITS]));
            es_resize #(.X_BITS(16), .X_SIGNED(1), .Y_BITS(Y_BITS)) widen1 (
                .x_i(o[31:16]), .y_o(products[Y_BITS +: Y_BITS])
            );
            es_sum #(.BITS(Y_BITS)) sum [1:0] (
                .clk_i(clk_i), .clear_i(clear_i), .add_i(add_i), .x_i(products), .y_o(y_o)
            );
        end
    endgenerate
`else
    es_mac #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .W_BITS(W_BITS), .Y_BITS(Y_BITS)) mac [1:0] (
        .clk_i(clk_i), .load_i(clear_i), .add_i(add_i), .start_i({Y_BITS{1'b0}}), .x_i(x_i), .w_i(w_i), .y_o(y_o)
    );
`endif
endmodule

`default_nettype wire
