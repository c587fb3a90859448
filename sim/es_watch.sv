// A case is done when all its streams are complete, or when there is no hope: one has carried too much, or none has
// moved for +idle=N cycles.
`default_nettype none

module es_watch (
    input  wire  clk_i,
    input  wire  rst_ni,
    input  wire  all_complete_i,
    input  wire  any_active_i,
    input  wire  any_excess_i,
    output logic done_o
);
    int idle, limit;

    initial if (!$value$plusargs("idle=%d", limit)) limit = 100000;

    always @(posedge clk_i)
        if (!rst_ni) begin
            idle   <= 0;
            done_o <= 0;
        end else begin
            idle   <= any_active_i ? 0 : idle + 1;
            done_o <= done_o || all_complete_i || any_excess_i || idle >= limit;
        end
endmodule

`default_nettype wire
