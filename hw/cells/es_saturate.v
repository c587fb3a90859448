// y = saturate(x): clip a signed number to the range of the output's type.
//
// Latency: none, combinational. Ranges: X_BITS of Y_BITS + 2 or more, so that there is something to clip.
`default_nettype none

module es_saturate #(
    parameter X_BITS   = 24,
    parameter Y_BITS   = 8,
    parameter Y_SIGNED = 1
) (
    input  wire [X_BITS-1:0] x_i,
    output wire [Y_BITS-1:0] y_o
);
    localparam MAGNITUDE = (Y_SIGNED != 0) ? Y_BITS - 1 : Y_BITS;  // bits of y that are no sign
    localparam [Y_BITS-1:0] MAX = {Y_BITS{1'b1}} >> (Y_BITS - MAGNITUDE);
    localparam [Y_BITS-1:0] MIN = (Y_SIGNED != 0) ? ~MAX : {Y_BITS{1'b0}};

    // x fits if all its bits above the magnitude equal its sign, and the sign is one that y has.
    wire negative = x_i[X_BITS-1];
    wire above    = ~negative & |x_i[X_BITS-2:MAGNITUDE];
    wire below    = negative & ((Y_SIGNED == 0) | ~&x_i[X_BITS-2:MAGNITUDE]);

    assign y_o = above ? MAX : below ? MIN : x_i[Y_BITS-1:0];
endmodule

`default_nettype wire
