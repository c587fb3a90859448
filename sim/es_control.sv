// Clock, reset, and the end of a bench. Everything runs in the simulator: Python is not called at an edge.
//
// +reset_at=N resets a second time N cycles after the start; sources and probes then begin anew.
// +drain=N cycles follow after the last case is done, so that a beat too many is seen.
`default_nettype none

module es_control (
    output logic clk_o,
    output logic rst_no,
    output logic [31:0] cycle_o,
    input  wire  all_done_i,
    output logic done_o
);
    int unsigned reset_at, drain, drained;

    initial begin
        if (!$value$plusargs("reset_at=%d", reset_at)) reset_at = 0;
        if (!$value$plusargs("drain=%d", drain)) drain = 200;
        clk_o   = 0;
        rst_no  = 0;
        cycle_o = 0;
        drained = 0;
        done_o  = 0;
        forever #1 clk_o = ~clk_o;
    end

    always @(posedge clk_o) begin
        cycle_o <= cycle_o + 1;
        rst_no  <= (cycle_o >= 4) && !(reset_at != 0 && cycle_o >= reset_at && cycle_o < reset_at + 4);
        if (all_done_i && cycle_o >= reset_at + 10) drained <= drained + 1;
        if (drained >= drain) done_o <= 1;
    end
endmodule

`default_nettype wire
