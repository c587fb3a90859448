// What is filled first is read first, and never while it is filled: the halves take turns, room_o says that one is not full,
// full_o that one is; with one half, it is filled, then read.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       fill,
    input wire       empty,
    input wire [1:0] write_in,
    input wire [1:0] read_in,
    input wire       fill_one,
    input wire       empty_one
);
    wire room, full, room_one, full_one;
    wire [2:0] write_at, read_at;
    wire [1:0] write_at_one, read_at_one;
    wire filled = fill & room, emptied = empty & full;
    wire filled_one = fill_one & room_one, emptied_one = empty_one & full_one;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_halves #(.HALVES(2), .BITS(2)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .filled_i(filled), .emptied_i(emptied), .write_in_i(write_in),
        .read_in_i(read_in), .room_o(room), .full_o(full), .write_at_o(write_at), .read_at_o(read_at)
    );
    es_halves #(.HALVES(1), .BITS(2)) whole (
        .clk_i(clk_i), .rst_ni(rst_ni), .filled_i(filled_one), .emptied_i(emptied_one), .write_in_i(write_in),
        .read_in_i(read_in), .room_o(room_one), .full_o(full_one), .write_at_o(write_at_one), .read_at_o(read_at_one)
    );

    reg [1:0] held;
    reg held_one;
    reg fills, empties;  // their numbers since reset, modulo 2
    always @(posedge clk_i)
        if (!rst_ni) {held, held_one, fills, empties} <= 5'd0;
        else begin
            held     <= held + filled - emptied;
            held_one <= held_one ^ filled_one ^ emptied_one;
            fills    <= fills ^ filled;
            empties  <= empties ^ emptied;
        end

    always @(*)
        if (rst_ni) begin
            assert (held <= 2'd2);
            assert (room == (held != 2'd2));
            assert (full == (held != 2'd0));
            assert (write_at == {fills, write_in});
            assert (read_at == {empties, read_in});
            if (room & full) assert (write_at[2] != read_at[2]);
            assert (room_one == !held_one);
            assert (full_one == held_one);
            assert (write_at_one == write_in);
            assert (read_at_one == read_in);
        end
endmodule

`default_nettype wire
