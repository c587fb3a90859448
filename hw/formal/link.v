// After a reset the model is in reset; while it is, it is offered nothing.
`default_nettype none

module proof (
    input wire        clk_i,
    input wire        rst_ni,
    input wire        byte_valid,
    input wire [7:0]  byte_data,
    input wire        line_ready,
    input wire        x_ready,
    input wire        y_valid,
    input wire [1:0]  y_data
);
    wire line_valid, model_rst_n, x_valid, y_ready, event_now, deaf;
    wire [7:0] line_data;
    wire [15:0] x_data;
    reset_first first (.clk_i(clk_i), .rst_ni(rst_ni));
    es_link #(.UNITS(2), .SCORE_BITS(2), .SLOT(2), .SLOTS(1), .RECORDS(2), .HELLO_BYTES(16), .HELLO_FILE("hello.hex")) dut (
        .clk_i(clk_i), .rst_ni(rst_ni), .byte_valid_i(byte_valid), .byte_data_i(byte_data),
        .byte_valid_o(line_valid), .byte_ready_i(line_ready), .byte_data_o(line_data),
        .model_rst_no(model_rst_n), .x_valid_o(x_valid), .x_ready_i(x_ready), .x_data_o(x_data),
        .y_valid_i(y_valid), .y_ready_o(y_ready), .y_data_i(y_data), .event_o(event_now), .deaf_o(deaf)
    );

    reg was_reset;
    initial was_reset = 1'b1;
    always @(posedge clk_i) was_reset <= !rst_ni;

    always @(*)
        if (rst_ni) begin
            if (was_reset) assert (!model_rst_n);
            if (!model_rst_n) assert (!x_valid);
        end
endmodule

`default_nettype wire
