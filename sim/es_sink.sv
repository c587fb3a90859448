// Takes every beat; +stalls=N (of 256) is how often it is not ready, whether a beat is there or not.
`default_nettype none

module es_sink #(
    parameter int SEED = 1
) (
    input  wire  clk_i,
    output logic ready_o
);
    int stalls;
    logic [31:0] noise, seed;

    initial begin
        if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
        if (!$value$plusargs("noise=%d", seed)) seed = 1;
        noise   = (SEED + seed) * 32'h9E37_79B1 | 1;
        ready_o = 0;
    end

    always @(posedge clk_i) begin
        noise   <= {noise[30:0], noise[31] ^ noise[21] ^ noise[1] ^ noise[0]};
        ready_o <= int'(noise[15:8]) >= stalls;
    end
endmodule

`default_nettype wire
