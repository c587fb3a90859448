// y[t] = x[t - KERNEL + 1] + ... + x[t] for every STRIDE-th t, element by element: a running sum.
//
// sum <- sum + x[t] - x[t - KERNEL]; an es_delay brings the second, a RAM holds each element's sum. The first frame
// finds no sum and begins at 0. Latency: 1 cycle; one beat a cycle. Cycles a frame: SIZE.
// Ranges: all parameters 1 or more; the compiler proves that every sum fits Y_BITS.
`default_nettype none

module es_average_pool #(
    parameter X_BITS   = 8,
    parameter X_SIGNED = 1,
    parameter Y_BITS   = 10,
    parameter SIZE     = 4,
    parameter KERNEL   = 4,
    parameter STRIDE   = 4,
    parameter [3:0] STYLES = 0  // STYLE of past, sums: 2 bits each, the first lowest
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              x_valid_i,
    output wire              x_ready_o,
    input  wire [X_BITS-1:0] x_data_i,
    output wire              y_valid_o,
    input  wire              y_ready_i,
    output wire [Y_BITS-1:0] y_data_o
);
    wire pair_valid, due, frame_last;
    wire taken = x_valid_i & x_ready_o;
    wire pass  = y_ready_i | ~due;
    wire left  = pair_valid & pass;
    es_tick #(.N(SIZE))   element (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(left), .last_o(frame_last));
    es_tick #(.N(STRIDE)) phase   (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(left & frame_last), .last_o(due));

    reg  [X_BITS-1:0] newest;
    wire [X_BITS-1:0] oldest;
    always @(posedge clk_i) if (taken) newest <= x_data_i;
    es_delay #(.BITS(X_BITS), .ELEMENTS(KERNEL * SIZE), .STYLES(STYLES[1:0])) past (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o), .x_data_i(x_data_i),
        .y_valid_o(pair_valid), .y_ready_i(pass), .y_data_o(oldest)
    );

    reg  begun;
    wire [Y_BITS-1:0] sum, plus, minus;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) extend_newest (.x_i(newest), .y_o(plus));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(X_SIGNED), .Y_BITS(Y_BITS)) extend_oldest (.x_i(oldest), .y_o(minus));
    generate
        if (SIZE > 1) begin : many
            localparam A = $clog2(SIZE);
            wire [A-1:0] read_at;
            reg  [A-1:0] write_at;
            wire unused_last;
            es_count #(.N(SIZE)) entering (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(read_at), .last_o(unused_last)
            );
            always @(posedge clk_i) if (taken) write_at <= read_at;
            es_ram #(.BITS(Y_BITS), .ADDRESS(A), .STYLE(STYLES[3:2])) sums (
                .clk_i(clk_i), .we_i(left), .waddr_i(write_at), .wdata_i(y_data_o),
                .re_i(taken), .raddr_i(read_at), .rdata_o(sum)
            );
        end else begin : one  // a RAM would be read in the cycle of its write
            reg [Y_BITS-1:0] only;
            assign sum = only;
            always @(posedge clk_i) if (left) only <= y_data_o;
        end
    endgenerate
    assign y_valid_o = pair_valid & due;
    assign y_data_o  = (begun ? sum : {Y_BITS{1'b0}}) + plus - minus;

    always @(posedge clk_i)
        if (!rst_ni) begun <= 1'b0;
        else if (left & frame_last) begun <= 1'b1;
endmodule

`default_nettype wire
