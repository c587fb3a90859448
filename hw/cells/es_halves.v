// Who may use which half of a RAM: one is filled while the other is read; with one half it is filled, then read.
//
// A half is room until filled_i, in the cycle of its last write, and full until emptied_i, in that of its last read.
// Latency: one cycle. Ranges: HALVES of 1 or 2; filled_i only with room_o, emptied_i only with full_o.
`default_nettype none

module es_halves #(
    parameter HALVES = 2,
    parameter BITS   = 4  // of an address within a half
) (
    input  wire            clk_i,
    input  wire            rst_ni,
    input  wire            filled_i,
    input  wire            emptied_i,
    input  wire [BITS-1:0] write_in_i,
    input  wire [BITS-1:0] read_in_i,
    output wire            room_o,
    output wire            full_o,
    output wire [BITS+HALVES-2:0] write_at_o,
    output wire [BITS+HALVES-2:0] read_at_o
);
    generate
        if (HALVES == 1) begin : one
            reg full;
            always @(posedge clk_i)
                if (!rst_ni) full <= 1'b0;
                else full <= filled_i | (full & ~emptied_i);
            assign room_o     = ~full;
            assign full_o     = full;
            assign write_at_o = write_in_i;
            assign read_at_o  = read_in_i;
        end else begin : two
            reg [1:0] full;
            reg write, read;  // which half
            wire [1:0] filled  = {filled_i & write, filled_i & ~write};
            wire [1:0] emptied = {emptied_i & read, emptied_i & ~read};
            always @(posedge clk_i)
                if (!rst_ni) {full, write, read} <= 4'd0;
                else {full, write, read} <= {filled | (full & ~emptied), write ^ filled_i, read ^ emptied_i};
            assign room_o     = ~full[write];
            assign full_o     = full[read];
            assign write_at_o = {write, write_in_i};
            assign read_at_o  = {read, read_in_i};
        end
    endgenerate
endmodule

`default_nettype wire
