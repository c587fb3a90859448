// Sends the frames in a file, element by element, from the first after every reset.
//
// The file holds big-endian words of BYTES bytes and is read in large pieces. +stalls=N (of 256) is how often a beat
// waits for no reason; +pace=N is the cycles from one frame's first beat to the next one's, if it can.
`default_nettype none

module es_source #(
    parameter string FILE  = "",
    parameter int    BYTES = 2,
    parameter int    BITS  = 16,
    parameter int    SIZE  = 1,  // elements of a frame
    parameter int    SEED  = 1
) (
    input  wire  clk_i,
    input  wire  rst_ni,
    output logic valid_o,
    input  wire  ready_i,
    output logic [BITS-1:0] data_o
);
    localparam int PIECE = 4096;
    logic [8*BYTES-1:0] piece[PIECE];
    int file, filled, at, stalls, pace, wait_left, element;
    logic [31:0] noise, seed;

    initial begin
        if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
        if (!$value$plusargs("pace=%d", pace)) pace = 0;
        file = $fopen(FILE, "rb");
        if (file == 0) $fatal(1, "source: cannot open %s", FILE);
        if (!$value$plusargs("noise=%d", seed)) seed = 1;
        noise = (SEED + seed) * 32'h9E37_79B1 | 1;
    end

    wire frame_begins = (element == 0);

    always @(posedge clk_i) begin
        noise <= {noise[30:0], noise[31] ^ noise[21] ^ noise[1] ^ noise[0]};
        if (!rst_ni) begin
            void'($rewind(file));
            filled    = $fread(piece, file) / BYTES;
            at        = 0;
            element   = 0;
            wait_left = 0;
            valid_o  <= 0;
        end else begin
            if (wait_left > 0) wait_left = wait_left - 1;
            if (!valid_o || ready_i) begin
                if (at == filled && filled == PIECE) begin
                    filled = $fread(piece, file) / BYTES;
                    at = 0;
                end
                if (at < filled && int'(noise[7:0]) >= stalls && !(frame_begins && wait_left > 0)) begin
                    if (frame_begins) wait_left = pace;
                    valid_o <= 1;
                    data_o  <= piece[at][BITS-1:0];
                    at      = at + 1;
                    element = (element == SIZE - 1) ? 0 : element + 1;
                end else valid_o <= 0;
            end
        end
    end
endmodule

`default_nettype wire
