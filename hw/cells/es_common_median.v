// y[c] = x[c] - m, m = the lower median of the line x: element (CHANNELS - 1) / 2 of the sorted ones.
//
// No sorting: m is found bit by bit, from the highest. A bit is 1 unless more than (CHANNELS - 1) / 2 elements are less
// than m would then be, which takes one pass over the line in RAM, an element a cycle. In RAM the sign is flipped, so
// that the order is that of unsigned numbers; no difference notices. Leading axes are simply further lines.
// Latency: X_BITS * CHANNELS + 3 cycles from a line's last beat to the first beat out, then one beat a cycle.
// Cycles a line: (X_BITS + 2) * CHANNELS + 2. Ranges: CHANNELS of 1 or more.
`default_nettype none

module es_common_median #(
    parameter X_BITS   = 16,
    parameter X_SIGNED = 1,
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
    localparam A  = (CHANNELS > 1) ? $clog2(CHANNELS) : 1;
    localparam CB = $clog2(CHANNELS + 1);
    localparam MIDDLE = (CHANNELS - 1) / 2;
    localparam [X_BITS-1:0] HIGHEST = ~({X_BITS{1'b1}} >> 1);
    localparam [X_BITS-1:0] FLIP = (X_SIGNED != 0) ? HIGHEST : {X_BITS{1'b0}};

    localparam TAKE = 2'd0, COUNT = 2'd1, SEND = 2'd2;
    reg [1:0] state;
    reg compare, decide;  // the element, and the last element, that was issued a cycle ago
    wire taken   = x_valid_i & x_ready_o;
    wire issue   = (state == COUNT) & ~(decide & lowest);
    wire sent    = (state == SEND) & (~y_valid_o | y_ready_i);
    assign x_ready_o = (state == TAKE) & ~y_valid_o;

    wire [A-1:0] at;
    wire last;
    wire [X_BITS-1:0] word;
    es_count #(.N(CHANNELS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken | issue | sent), .at_o(at), .last_o(last)
    );
    es_ram #(.BITS(X_BITS), .ADDRESS(A), .STYLE(STYLES)) line (
        .clk_i(clk_i), .we_i(taken), .waddr_i(at), .wdata_i(x_data_i ^ FLIP),
        .re_i(issue | sent), .raddr_i(at), .rdata_o(word)
    );

    // `trial` is m's bits so far, then the 1 of `weight` that is being tried; after the lowest it is m.
    reg [X_BITS-1:0] trial, weight;
    reg [CB-1:0] less;
    wire lowest = weight[0];
    wire [CB:0] total = {1'b0, less} + {{CB{1'b0}}, word < trial};
    wire too_high = total > MIDDLE[CB:0];

    wire [Y_BITS-1:0] x, median;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(0), .Y_BITS(Y_BITS)) extend_x (.x_i(word), .y_o(x));
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(0), .Y_BITS(Y_BITS)) extend_m (.x_i(trial), .y_o(median));
    assign y_data_o = x - median;

    always @(posedge clk_i)
        if (taken) begin
            trial  <= HIGHEST;
            weight <= HIGHEST;
            less   <= {CB{1'b0}};
        end else if (decide) begin
            trial  <= (trial ^ (weight & {X_BITS{too_high}})) | (weight >> 1);
            weight <= weight >> 1;
            less   <= {CB{1'b0}};
        end else if (compare) less <= total[CB-1:0];

    always @(posedge clk_i)
        if (!rst_ni) begin
            state     <= TAKE;
            compare   <= 1'b0;
            decide    <= 1'b0;
            y_valid_o <= 1'b0;
        end else begin
            compare <= issue;
            decide  <= issue & last;
            if (~y_valid_o | y_ready_i) y_valid_o <= sent;
            case (state)
                TAKE: if (taken & last) state <= COUNT;
                COUNT: if (decide & lowest) state <= SEND;
                default: if (sent & last) state <= TAKE;
            endcase
        end
endmodule

`default_nettype wire
