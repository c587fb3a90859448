// One multiply-accumulator for several layers (es_dense_shared), an output at a time: go_o is for the highest that asks.
//
// The later layers of a network stand higher: what is begun is finished first. An output's steps come in a row; the next
// one's begin in the cycle in which its sum is there (done_o), as the sum is taken then.
// Latency: from the last step to the sum two cycles. Cycles an output: its steps and 1.
// Ranges: who asks goes on asking until go_o; step_i from the cycle of go_o on, a step a cycle, last_i with the last.
`default_nettype none

module es_engine #(
    parameter LAYERS = 2,
    parameter X_BITS = 9,
    parameter W_BITS = 8,
    parameter Y_BITS = 24
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    input  wire [LAYERS-1:0]        ask_i,
    output wire [LAYERS-1:0]        go_o,
    input  wire [LAYERS-1:0]        step_i,
    input  wire [LAYERS-1:0]        last_i,
    input  wire [LAYERS*X_BITS-1:0] x_i,
    input  wire [LAYERS*W_BITS-1:0] w_i,
    output wire [LAYERS-1:0]        done_o,
    output wire [Y_BITS-1:0]        y_o
);
    reg [LAYERS-1:0] on;  // whose output it is
    reg busy, add, complete, finish;
    reg [LAYERS-1:0] above;  // a higher one asks
    reg [X_BITS-1:0] x;
    reg [W_BITS-1:0] w;
    integer k;
    always @* begin
        above = {LAYERS{1'b0}};
        x     = {X_BITS{1'b0}};
        w     = {W_BITS{1'b0}};
        for (k = 0; k < LAYERS; k = k + 1) begin
            above[k] = |(ask_i >> (k + 1));
            x = x | (x_i[k*X_BITS +: X_BITS] & {X_BITS{on[k]}});
            w = w | (w_i[k*W_BITS +: W_BITS] & {W_BITS{on[k]}});
        end
    end
    wire begun = |go_o;
    assign go_o   = ask_i & ~above & {LAYERS{~busy & ~complete}};
    assign done_o = on & {LAYERS{finish}};

    es_mac #(.X_BITS(X_BITS), .X_SIGNED(1), .W_BITS(W_BITS), .Y_BITS(Y_BITS)) mac (
        .clk_i(clk_i), .load_i(~add), .add_i(add), .start_i({Y_BITS{1'b0}}),
        .x_i(x), .w_i(w), .y_o(y_o)
    );

    always @(posedge clk_i) if (begun) on <= go_o;
    always @(posedge clk_i)
        if (!rst_ni) begin
            busy     <= 1'b0;
            add      <= 1'b0;
            complete <= 1'b0;
            finish   <= 1'b0;
        end else begin
            busy     <= (begun | busy) & ~|last_i;
            add      <= |step_i;
            complete <= |last_i;
            finish   <= complete;
        end
endmodule

`default_nettype wire
