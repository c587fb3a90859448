// Each beat of the master is one of the model's, with its lowest bits, and none else; error_o is set from the first beat on
// whose TLAST is not that of every third, until reset.
`default_nettype none

module proof (
    input wire       clk_i,
    input wire       rst_ni,
    input wire       x_tvalid,
    input wire [7:0] x_tdata,
    input wire       x_tlast,
    input wire       y_ready
);
    wire x_tready, y_valid, error;
    wire [4:0] y_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_axis_in #(.BYTES(1), .BITS(5), .SIZE(3)) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .x_tvalid_i(x_tvalid), .x_tready_o(x_tready), .x_tdata_i(x_tdata),
        .x_tlast_i(x_tlast), .y_valid_o(y_valid), .y_ready_i(y_ready), .y_data_o(y_data), .error_o(error)
    );

    reg [2:0] turn;  // one-hot
    reg elsewhere;
    wire taken = x_tvalid & x_tready;
    always @(posedge clk_i)
        if (!rst_ni) begin
            turn      <= 3'b001;
            elsewhere <= 1'b0;
        end else if (taken) begin
            turn      <= {turn[1:0], turn[2]};
            elsewhere <= elsewhere | (x_tlast != turn[2]);
        end

    always @(*)
        if (rst_ni) begin
            assert (taken == (y_valid & y_ready));
            assert (y_valid == x_tvalid);
            assert (y_data == x_tdata[4:0]);
            assert (error == elsewhere);
        end
endmodule

`default_nettype wire
