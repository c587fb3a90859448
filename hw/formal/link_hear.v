// After an error no message of samples is kept, no STATS and no TRACE is heard and no further error is told until RESET: whatever comes.
// A message is kept with its word 1, in the cycle after its word 0; no other word is written while the ring is full.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       byte_valid,
    input wire [7:0] byte_data,
    input wire       full
);
    wire we, keep, hello, restart, stats, choose, error, deaf;
    wire [31:0] session, expected, found;
    wire [15:0] at, data, next, node;
    wire [3:0] code;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_link_hear #(.CHANNELS(2), .MOST(16), .WINDOW(2), .TRACE(8)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .byte_valid_i(byte_valid), .byte_data_i(byte_data), .full_i(full),
        .session_o(session), .we_o(we), .at_o(at), .data_o(data), .keep_o(keep), .next_o(next), .hello_o(hello),
        .reset_o(restart), .stats_o(stats), .trace_o(choose), .node_o(node),
        .error_o(error), .deaf_o(deaf), .code_o(code), .expected_o(expected), .found_o(found)
    );

    reg failed, named;
    always @(posedge clk_i)
        if (!rst_ni) begin
            failed <= 1'b0;
            named  <= 1'b0;
        end else begin
            failed <= (failed | error) & ~restart;
            named  <= we & at == 16'd0;
        end

    always @(*)
        if (rst_ni) begin
            if (failed) assert (!keep & !stats & !choose & !error);
            if (error) assert (!keep & !stats);
            if (keep) assert (named & we & at == 16'd1);
            if (we & full) assert (keep | at == 16'd0);
        end
endmodule

`default_nettype wire
