// One layer at a time, the highest that asks as soon as the one before has had its last step a cycle ago; two cycles
// after its own last step, and in no other, it is told that its sum is there: of all its products and of no others.
// Two layers, outputs of any number of steps.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire [1:0] asks,
    input wire       ends,
    input wire [3:0] x,
    input wire [3:0] w
);
    wire [1:0] go, done;
    wire [4:0] y;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));

    reg [1:0] asked;   // and not yet told to go
    reg [1:0] steps;   // in the middle of an output
    wire [1:0] ask  = asks | asked;
    wire [1:0] step = go | steps;
    wire [1:0] last = step & {2{ends}};
    es_engine #(.LAYERS(2), .X_BITS(2), .W_BITS(2), .Y_BITS(5)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .ask_i(ask), .go_o(go), .step_i(step), .last_i(last), .x_i(x), .w_i(w),
        .done_o(done), .y_o(y)
    );

    reg added;          // operands are there, those of the layer `upper`
    reg upper;
    reg ended, told;
    reg [4:0] sum;
    wire signed [1:0] factor  = upper ? x[3:2] : x[1:0];
    wire signed [1:0] other   = upper ? w[3:2] : w[1:0];
    wire signed [4:0] product = factor * other;
    always @(posedge clk_i)
        if (!rst_ni) {asked, steps, added, ended, told} <= 7'd0;
        else begin
            asked <= ask & ~go;
            steps <= step & ~last;
            added <= |step;
            ended <= |last;
            told  <= ended;
            if (|go) upper <= go[1];
            sum <= added ? sum + product : 5'd0;
        end

    wire free = ~|steps & ~ended;
    always @(*)
        if (rst_ni) begin
            assert (go[1] == (free & ask[1]));
            assert (go[0] == (free & ask[0] & ~ask[1]));
            assert (done == (told ? {upper, ~upper} : 2'd0));
            if (told) assert (y == sum);
        end
endmodule

`default_nettype wire
