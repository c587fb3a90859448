// Writes every beat of a stream into a file of 64-bit words, from the start after every reset.
//
// With +stamps the words are not the data but the cycle of each beat: latency and throughput of every node.
// +frames=N frames go into the case; `complete` says that this stream has carried what they must make of it,
// `excess` that it has carried more.
// A beat that is taken back or changed before it was accepted breaks the handshake, and ends the simulation's hope:
// the word 64'h8000_0000_0000_0000 is written, which is no value of any stream.
`default_nettype none

module es_probe #(
    parameter string FILE   = "",
    parameter int    BITS   = 8,
    parameter int    SIZE   = 1,  // elements of a frame
    parameter int    PERIOD = 1,  // frames of the case a frame of this stream
    parameter int    AHEAD  = 0   // frames that the stream may run ahead of those
) (
    input  wire clk_i,
    input  wire rst_ni,
    input  wire [31:0] cycle_i,
    input  wire valid_i,
    input  wire ready_i,
    input  wire [BITS-1:0] data_i,
    output logic complete_o,
    output wire  excess_o,
    output wire  active_o
);
    int file, frames, count, expected;
    logic stamps, waiting;
    logic [BITS-1:0] offered;

    assign active_o = valid_i && ready_i;
    assign excess_o = count > expected + AHEAD * SIZE;

    initial begin
        if (!$value$plusargs("frames=%d", frames)) frames = 0;
        stamps   = $test$plusargs("stamps") != 0;
        expected = frames / PERIOD * SIZE;
        file     = 0;
    end

    always @(posedge clk_i)
        if (!rst_ni) begin
            if (file != 0) $fclose(file);
            file = $fopen(FILE, "wb");
            count      <= 0;
            waiting    <= 0;
            complete_o <= (expected == 0);
        end else begin
            waiting <= valid_i && !ready_i;
            offered <= data_i;
            if (waiting && !(valid_i && data_i == offered)) $fwrite(file, "%u", 64'h8000_0000_0000_0000);
            if (active_o) begin
                $fwrite(file, "%u", stamps ? 64'(cycle_i) : 64'(data_i));
                count <= count + 1;
                if (count + 1 >= expected) complete_o <= 1;
            end
        end
endmodule

`default_nettype wire
