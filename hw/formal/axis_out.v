// Each beat of the model is one of the slave's, the same number in whole bytes, and none else; TLAST comes with every third.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_valid,
    input wire [4:0] x_data,
    input wire       y_tready
);
    wire x_ready, y_tvalid, y_tlast;
    wire [7:0] y_tdata;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_axis_out #(.BITS(5), .SIGNED(1), .BYTES(1), .SIZE(3)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_valid_i(x_valid), .x_ready_o(x_ready), .x_data_i(x_data),
        .y_tvalid_o(y_tvalid), .y_tready_i(y_tready), .y_tdata_o(y_tdata), .y_tlast_o(y_tlast)
    );

    reg [2:0] turn;  // one-hot
    wire sent = y_tvalid & y_tready;
    always @(posedge clk_i)
        if (!rst_ni) turn <= 3'b001;
        else if (sent) turn <= {turn[1:0], turn[2]};

    always @(*)
        if (rst_ni) begin
            assert (sent == (x_valid & x_ready));
            assert (y_tvalid == x_valid);
            assert ($signed(y_tdata) == $signed(x_data));
            assert (y_tlast == turn[2]);
        end
endmodule

`default_nettype wire
