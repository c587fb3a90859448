// y = x, sign- or zero-extended to more bits, or cut to its low bits.
//
// Latency: none, combinational. Ranges: any widths of 1 or more.
`default_nettype none

module es_resize #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 8
) (
    // Cutting drops the high bits on purpose: modular arithmetic.
    /* verilator lint_off UNUSEDSIGNAL */
    input  wire [X_BITS-1:0] x_i,
    /* verilator lint_on UNUSEDSIGNAL */
    output wire [Y_BITS-1:0] y_o
);
    generate
        if (Y_BITS > X_BITS) begin : longer
            assign y_o = {{(Y_BITS - X_BITS){(X_SIGNED != 0) & x_i[X_BITS-1]}}, x_i};
        end else begin : cut
            assign y_o = x_i[Y_BITS-1:0];
        end
    endgenerate
endmodule

`default_nettype wire
