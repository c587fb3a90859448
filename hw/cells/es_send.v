// The sums of LANES lanes, one a beat, lane 0 first, with BIASED each with its bias added; of a group's last block REST.
//
// Several sums are taken at once into a shift register, so that the lanes go on; a single one is sent as it stands.
// Latency: one cycle; none if LANES is 1. Ranges: REST of 1 to LANES; the file holds OUTPUTS words.
`default_nettype none

module es_send #(
    parameter BITS      = 24,
    parameter LANES     = 2,
    parameter REST      = 2,
    parameter OUTPUTS   = 4,
    parameter BIASED    = 1,
    parameter BIAS_FILE = "",
    parameter [1:0] STYLE = 0
) (
    input  wire                  clk_i,
    input  wire                  rst_ni,
    input  wire                  x_valid_i,
    output wire                  x_ready_o,
    input  wire [BITS*LANES-1:0] x_data_i,
    input  wire                  x_rest_i,
    output wire                  y_valid_o,
    input  wire                  y_ready_i,
    output wire [BITS-1:0]       y_data_o
);
    wire step;
    wire [BITS-1:0] bias;
    generate
        if (BIASED != 0) begin : biased
            es_rom_loop #(.BITS(BITS), .DEPTH(OUTPUTS), .FILE(BIAS_FILE), .STYLE(STYLE)) biases (
                .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step), .y_o(bias)
            );
        end else begin : bare
            assign bias = {BITS{1'b0}};
            if (LANES == 1) begin : nothing
                wire unused = &{1'b0, clk_i, rst_ni, step};
            end
        end
        if (LANES == 1) begin : single
            assign step      = x_valid_i & y_ready_i;
            assign y_valid_o = x_valid_i;
            assign x_ready_o = y_ready_i;
            assign y_data_o  = x_data_i + bias;
            wire unused = x_rest_i;
        end else begin : several
            localparam C   = $clog2(LANES);
            localparam ALL = LANES - 1, FEW = REST - 1;
            reg valid;
            reg [C-1:0] left;  // sums behind the one that is sent
            reg [BITS-1:0] y;
            reg [BITS*(LANES-1)-1:0] others;
            wire last = (left == {C{1'b0}});
            wire load = x_valid_i & x_ready_o;
            assign x_ready_o = ~valid | (y_ready_i & last);
            assign step      = load | (valid & y_ready_i & ~last);
            assign y_valid_o = valid;
            assign y_data_o  = y;
            always @(posedge clk_i) begin
                if (step) y <= (load ? x_data_i[BITS-1:0] : others[BITS-1:0]) + bias;
                if (step) others <= load ? x_data_i[BITS*LANES-1:BITS] : others >> BITS;
                if (load) left <= x_rest_i ? FEW[C-1:0] : ALL[C-1:0];
                else if (step) left <= left - 1'b1;
            end
            always @(posedge clk_i)
                if (!rst_ni) valid <= 1'b0;
                else valid <= load | (valid & ~(y_ready_i & last));
        end
    endgenerate
endmodule

`default_nettype wire
