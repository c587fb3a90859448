// A cell that only moves data: which beat of x each beat of y is.
`default_nettype none

// The j-th beat of y, j below SENDS, is the beat FROM[j] of x (W bits each, the first lowest), counted from 1, or zero if
// FROM[j] is 0. One beat of x, any one of TAKES, is followed through the cell.
module check_moves #(
    parameter BITS  = 1,
    parameter W     = 6,
    parameter TAKES = 4,
    parameter SENDS = 4,
    parameter [SENDS*W-1:0] FROM = 0
) (
    input wire            clk_i,
    input wire            rst_ni,
    input wire            x_valid_i,
    input wire            x_ready_i,
    input wire [BITS-1:0] x_data_i,
    input wire            y_valid_i,
    input wire            y_ready_i,
    input wire [BITS-1:0] y_data_i
);
    (* anyconst *) wire [W-1:0] which;
    reg [W-1:0] taken, sent;
    reg has;
    reg [BITS-1:0] beat;
    wire now = x_valid_i & taken + 1 == which;
    always @(posedge clk_i)
        if (!rst_ni) begin
            taken <= 0;
            sent  <= 0;
            has   <= 1'b0;
        end else begin
            if (x_valid_i & x_ready_i & taken != TAKES) taken <= taken + 1'b1;
            if (x_valid_i & x_ready_i & now) {has, beat} <= {1'b1, x_data_i};
            if (y_valid_i & y_ready_i & sent != SENDS) sent <= sent + 1'b1;
        end

    wire [W-1:0] from = FROM[sent*W +: W];
    always @(*)
        if (rst_ni & y_valid_i & sent != SENDS) begin
            if (from == 0) assert (y_data_i == 0);
            else if (from == which) assert (has ? y_data_i == beat : now & y_data_i == x_data_i);
        end
endmodule

`default_nettype wire
