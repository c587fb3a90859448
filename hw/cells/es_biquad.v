// y[t] = saturate((b0*x[t] + b1*x[t-1] + b2*x[t-2] - a1*y[t-1] - a2*y[t-2]) >> FRACTION), a cascade of SECTIONS.
//
// Direct form I on samples with GUARD extra fractional bits; each of ELEMENTS is filtered by itself.
// No multiplier: coefficients are numbers to the base 4 with the digits -1, 0, 1 and 2. The 5 products of a section are
// summed DIGITS digits at a time, the lowest first, one tap a cycle, and after each such plane the sum moves down by as
// many digits. Bits below 2^0 are dropped only after they can change nothing any more, so the rounding is the floor of
// the exact sum.
// The history is a RAM: signal s is the input of section s and the output of section s - 1, four slots each, of which
// t, t-1 and t-2 are in use. `seen` counts the frames since reset: a tap on a frame before them adds nothing.
// COEFFICIENTS lists b0, b1, b2, a1, a2 of each section, 16 bits each, the first leftmost.
// Latency: (5 * PLANES + 2) * SECTIONS + 1 cycles from a beat in to its beat out, PLANES = ceil(9 / DIGITS).
// Cycles a frame: ELEMENTS * ((5 * PLANES + 2) * SECTIONS + 2). Ranges: FRACTION 0 to 15, GUARD 0 or more, DIGITS 1 to 9.
`default_nettype none

module es_biquad #(
    parameter X_BITS   = 16,
    parameter Y_BITS   = 22,
    parameter GUARD    = 6,
    parameter FRACTION = 14,
    parameter SECTIONS = 1,
    parameter ELEMENTS = 1,
    parameter DIGITS   = 1,  // of a coefficient, a cycle
    parameter [80*SECTIONS-1:0] COEFFICIENTS = 0,
    parameter [1:0] STYLES = 0  // STYLE of its memory
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
    localparam H   = (X_BITS + GUARD > Y_BITS) ? X_BITS + GUARD : Y_BITS;  // history
    localparam PLANES = (9 + DIGITS - 1) / DIGITS;
    localparam STEP = 2 * DIGITS;           // bits of a plane
    localparam ACC  = H + 2 + STEP;         // holds 5 operands times the greatest digits, and a part of as much again
    localparam DOWN = (PLANES - 1) * STEP;  // bits that the sum has moved down in the end
    localparam LOW  = (DOWN > FRACTION) ? DOWN - FRACTION : 0;  // those of them that the shift keeps
    localparam MORE = (DOWN > FRACTION) ? 0 : FRACTION - DOWN;
    localparam SA   = $clog2(SECTIONS + 1);
    localparam EA   = (ELEMENTS > 1) ? $clog2(ELEMENTS) : 1;
    localparam KA   = (PLANES > 1) ? $clog2(PLANES) : 1;

    // The digits of plane k of tap j of section s, at {s, k, j}, modulo 4 each; the a's are negated.
    function [(128*STEP<<SA)-1:0] in_planes(input [80*SECTIONS-1:0] coefficients);
        integer s, k, j;
        reg [15:0] c;
        reg signed [17:0] left;
        begin
            in_planes = 0;
            for (s = 0; s < SECTIONS; s = s + 1)
                for (j = 0; j < 5; j = j + 1) begin
                    c = coefficients[80*SECTIONS-16 - 80*s - 16*j +: 16];
                    left = (j < 3) ? {{2{c[15]}}, c} : -{{2{c[15]}}, c};
                    for (k = 0; k < 9; k = k + 1) begin
                        in_planes[STEP*(128*s + 8*(k/DIGITS) + j) + 2*(k%DIGITS) +: 2] = left[1:0];
                        left = (left >>> 2) + {17'd0, &left[1:0]};
                    end
                end
        end
    endfunction
    localparam [(128*STEP<<SA)-1:0] CODES = in_planes(COEFFICIENTS);

    localparam TAKE = 2'd0, SUM = 2'd1, STORE = 2'd2, SEND = 2'd3;
    localparam LAST = SECTIONS - 1;
    reg [1:0] state;
    reg execute;  // the tap that was issued a cycle ago is being added
    wire taken = x_valid_i & x_ready_o;
    wire done  = y_valid_o & y_ready_i;
    wire issue = (state == SUM);
    wire store = (state == STORE) & ~execute;
    assign x_ready_o = (state == TAKE);
    assign y_valid_o = (state == SEND);

    reg [SA-1:0] section;
    reg [1:0] now;   // slot of frame t
    reg [1:0] seen;  // bit a - 1: frame t - a came after reset
    wire [2:0] tap;
    wire [KA-1:0] k;
    wire [EA-1:0] element;
    wire tap_last, k_last, element_last;
    wire section_last = (section == LAST[SA-1:0]);
    es_count #(.N(5)) taps (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue), .at_o(tap), .last_o(tap_last));
    es_count #(.N(PLANES)) planes (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(issue & tap_last), .at_o(k), .last_o(k_last));
    es_count #(.N(ELEMENTS)) elements (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done), .at_o(element), .last_o(element_last)
    );

    // Issue: taps 0 to 2 are x[t], x[t-1], x[t-2]; taps 3 and 4 are y[t-1], y[t-2].
    wire is_y = (tap > 3'd2);
    wire [1:0] age = is_y ? {tap[2], tap[0]} : tap[1:0];
    wire live = (age == 2'd0) | (age[0] ? seen[0] : seen[1]);

    wire [H-1:0] x_wide, x, y, operand;
    es_resize #(.X_BITS(X_BITS), .X_SIGNED(1), .Y_BITS(H)) extend_x (.x_i(x_data_i), .y_o(x_wide));
    es_resize #(.X_BITS(Y_BITS), .X_SIGNED(1), .Y_BITS(H)) extend_y (.x_i(y_data_o), .y_o(y));
    assign x = x_wide << GUARD;
    es_ram #(.BITS(H), .ADDRESS(EA + SA + 2), .STYLE(STYLES)) history (
        .clk_i(clk_i), .we_i(taken | store),
        .waddr_i({element, taken ? {SA{1'b0}} : section + 1'b1, now}), .wdata_i(taken ? x : y),
        .re_i(issue), .raddr_i({element, is_y ? section + 1'b1 : section, now - age}), .rdata_o(operand)
    );

    // Execute, one cycle later: the digits' multiples of the operand, added up; `total` has LOW bits below the sum.
    reg [STEP-1:0] codes;
    reg down;
    reg [ACC+LOW-1:0] total;
    wire [ACC-1:0] wide;
    wire [ACC*(DIGITS+1)-1:0] sums;
    es_resize #(.X_BITS(H), .X_SIGNED(1), .Y_BITS(ACC)) extend (.x_i(operand), .y_o(wide));
    assign sums[ACC-1:0] = total[ACC+LOW-1:LOW];
    genvar d;
    generate
        for (d = 0; d < DIGITS; d = d + 1) begin : digits
            wire [ACC-1:0] term;
            wire [ACC-1:0] one = {{(ACC-1){1'b0}}, &codes[2*d +: 2]};
            es_digit #(.BITS(ACC)) multiple (.x_i(wide), .code_i(codes[2*d +: 2]), .y_o(term));
            assign sums[ACC*(d+1) +: ACC] = sums[ACC*d +: ACC] + (term << (2 * d)) + (one << (2 * d));
        end
    endgenerate
    wire signed [ACC+LOW-1:0] next;
    generate
        if (LOW > 0) begin : below
            assign next = {sums[ACC*DIGITS +: ACC], total[LOW-1:0]};
        end else begin : whole
            assign next = sums[ACC*DIGITS +: ACC];
        end
    endgenerate

    wire signed [ACC+LOW-1:0] result = $signed(total) >>> MORE;
    es_saturate #(.X_BITS(ACC + LOW), .Y_BITS(Y_BITS), .Y_SIGNED(1)) saturate (.x_i(result), .y_o(y_data_o));

    always @(posedge clk_i) begin
        codes <= CODES[STEP*{section, {(4-KA){1'b0}}, k, tap} +: STEP] & {STEP{live}};
        down  <= tap_last & ~k_last;
        if (taken | (store & ~section_last)) total <= {(ACC+LOW){1'b0}};
        else if (execute) total <= down ? next >>> STEP : next;
    end

    always @(posedge clk_i)
        if (!rst_ni) begin
            state   <= TAKE;
            execute <= 1'b0;
            section <= {SA{1'b0}};
            now     <= 2'd0;
            seen    <= 2'b00;
        end else begin
            execute <= issue;
            if (store) section <= section_last ? {SA{1'b0}} : section + 1'b1;
            if (done & element_last) begin
                now  <= now + 1'b1;
                seen <= {seen[0], 1'b1};
            end
            case (state)
                TAKE: if (taken) state <= SUM;
                SUM: if (tap_last & k_last) state <= STORE;
                STORE: if (store) state <= section_last ? SEND : SUM;
                default: if (done) state <= TAKE;
            endcase
        end
endmodule

`default_nettype wire
