// Events of a model's y stream (elements that are not 0) to records of 5 bytes, or of 6 if there are more than 128 units:
//
//   1uuuuuuu          0sssssss 0sssssss 0fffffff 0fffffff    unit; score and frame, 14 bits each, low 7 bits first
//   1uuuuuuu 0uuuuuuu 0sssssss 0sssssss 0fffffff 0fffffff    a unit of 14 bits
//
// Only a record's first byte has its highest bit set, so a reader finds the next record after a lost byte. `frame` counts
// the frames of y since reset, modulo 2^14. event_o is high in the cycle in which an event is accepted.
// Latency: one cycle to the record's first byte. Ranges: UNITS 1 to 16384, SCORE_BITS 1 to 14.
`default_nettype none

module es_events #(
    parameter UNITS      = 5,
    parameter SCORE_BITS = 8
) (
    input  wire                  clk_i,
    input  wire                  rst_ni,
    input  wire                  x_valid_i,
    output wire                  x_ready_o,
    input  wire [SCORE_BITS-1:0] x_data_i,
    output wire                  y_valid_o,
    input  wire                  y_ready_i,
    output wire [7:0]            y_data_o,
    output wire                  event_o
);
    localparam UA    = (UNITS > 1) ? $clog2(UNITS) : 1;
    localparam UB    = (UNITS > 128) ? 14 : 7;  // bits of a record's unit
    localparam BYTES = UB / 7 + 4;

    reg [13:0] frame;
    reg [2:0] left;     // bytes still to send
    reg [7*BYTES-1:0] record;  // 7 bits a byte, the next one lowest
    wire [UA-1:0] unit;
    wire unit_last;
    wire taken = x_valid_i & x_ready_o;
    assign x_ready_o = (left == 3'd0);
    assign event_o   = taken & (x_data_i != {SCORE_BITS{1'b0}});
    assign y_valid_o = ~x_ready_o;
    assign y_data_o  = {left == BYTES[2:0], record[6:0]};
    es_count #(.N(UNITS)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(unit), .last_o(unit_last)
    );

    wire [UB-1:0] unit_wide;
    wire [13:0] score;
    es_resize #(.X_BITS(UA), .X_SIGNED(0), .Y_BITS(UB)) extend_unit (.x_i(unit), .y_o(unit_wide));
    es_resize #(.X_BITS(SCORE_BITS), .X_SIGNED(0), .Y_BITS(14)) extend_score (.x_i(x_data_i), .y_o(score));

    always @(posedge clk_i)
        if (!rst_ni) begin
            frame <= 14'd0;
            left  <= 3'd0;
        end else begin
            if (taken & unit_last) frame <= frame + 1'b1;
            if (event_o) left <= BYTES[2:0];
            else if (y_valid_o & y_ready_i) left <= left - 1'b1;
        end

    always @(posedge clk_i)
        if (event_o) record <= {frame, score, unit_wide};
        else if (y_valid_o & y_ready_i) record <= {7'd0, record[7*BYTES-1:7]};
endmodule

`default_nettype wire
