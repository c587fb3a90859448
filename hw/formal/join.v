// Beats of all inputs are taken together, in the cycle in which y is, and only when all are there; y waits for no more
// than the last of them.
`default_nettype none

module proof (
    input wire [2:0] x_valid,
    input wire       y_ready
);
    wire [2:0] x_ready;
    wire y_valid;
    es_join #(.N(3)) dut (.x_valid_i(x_valid), .x_ready_o(x_ready), .y_valid_o(y_valid), .y_ready_i(y_ready));

    always @(*) begin
        assert (y_valid == (x_valid == 3'd7));
        assert ((x_valid & x_ready) == {3{y_valid & y_ready}});
    end
endmodule

`default_nettype wire
