// What a linear layer multiplies, a step at a time: takes a line of GROUPS * INPUTS elements into RAM, then gives each
// element with the word of weights that it meets, block by block, until the line is used up.
//
// A block goes PLANES times over the inputs of its group, which has BLOCKS of them; the weight ROM holds a word per step,
// in the order of use. With HALVES = 2 the next line is taken meanwhile, into the other half of the RAM.
// Latency: one cycle from a step to its operands, which stay until the next one; first_o, last_o and rest_o are those of
// the step that step_i takes. Ranges: step_i only with full_o.
`default_nettype none

module es_operands #(
    parameter X_BITS      = 8,
    parameter WEIGHT_BITS = 8,  // of a word
    parameter INPUTS      = 32, // per group
    parameter GROUPS      = 1,
    parameter BLOCKS      = 16, // per group
    parameter PLANES      = 1,
    parameter HALVES      = 1,
    parameter WEIGHT_FILE = "",
    parameter [3:0] STYLES = 0  // STYLE of line, weights: 2 bits each, the first lowest
) (
    input  wire                   clk_i,
    input  wire                   rst_ni,
    input  wire                   x_valid_i,
    output wire                   x_ready_o,
    input  wire [X_BITS-1:0]      x_data_i,
    output wire                   full_o,  // a line is there
    input  wire                   step_i,
    output wire                   first_o, // of a go over the inputs
    output wire                   last_o,  // of a block
    output wire                   rest_o,  // the block is its group's last one
    output wire [X_BITS-1:0]      x_o,
    output wire [WEIGHT_BITS-1:0] weight_o
);
    localparam LINE  = GROUPS * INPUTS;
    localparam WORDS = GROUPS * BLOCKS * PLANES * INPUTS;
    localparam LA    = (LINE > 1) ? $clog2(LINE) : 1;
    localparam RA    = LA + HALVES - 1;
    localparam IA    = (INPUTS > 1) ? $clog2(INPUTS) : 1;
    localparam WA    = (WORDS > 1) ? $clog2(WORDS) : 1;

    wire taken = x_valid_i & x_ready_o;
    wire line_taken, operand_last, plane_last, line_last;
    wire [LA-1:0] write_in, read_in;
    wire [RA-1:0] write_at, read_at;
    wire [IA-1:0] operand;
    wire [WA-1:0] weight_at;
    wire block_done = step_i & last_o;
    wire line_done  = step_i & line_last;
    assign first_o = (operand == {IA{1'b0}});
    assign last_o  = operand_last & plane_last;
    es_count #(.N(LINE)) element (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(taken), .at_o(write_in), .last_o(line_taken)
    );
    es_count #(.N(INPUTS)) in_group (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step_i), .at_o(operand), .last_o(operand_last)
    );
    es_tick #(.N(PLANES)) in_block (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step_i & operand_last), .last_o(plane_last)
    );
    es_tick #(.N(BLOCKS)) blocks (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(block_done), .last_o(rest_o));
    es_count #(.N(WORDS)) in_line (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(step_i), .at_o(weight_at), .last_o(line_last)
    );
    es_halves #(.HALVES(HALVES), .BITS(LA)) halves (
        .clk_i(clk_i), .rst_ni(rst_ni), .filled_i(taken & line_taken), .emptied_i(line_done),
        .write_in_i(write_in), .read_in_i(read_in), .room_o(x_ready_o), .full_o(full_o),
        .write_at_o(write_at), .read_at_o(read_at)
    );
    es_ram #(.BITS(X_BITS), .ADDRESS(RA), .STYLE(STYLES[1:0])) line (
        .clk_i(clk_i), .we_i(taken), .waddr_i(write_at), .wdata_i(x_data_i),
        .re_i(step_i), .raddr_i(read_at), .rdata_o(x_o)
    );
    es_rom #(.BITS(WEIGHT_BITS), .DEPTH(WORDS), .ADDRESS(WA), .FILE(WEIGHT_FILE), .STYLE(STYLES[3:2])) weights (
        .clk_i(clk_i), .re_i(step_i), .raddr_i(weight_at), .rdata_o(weight_o)
    );
    generate
        if (GROUPS == 1) begin : whole
            assign read_in = operand;
        end else begin : grouped
            localparam NEXT = INPUTS;
            reg [LA-1:0] base;  // where the group begins
            wire [LA-1:0] offset;
            es_resize #(.X_BITS(IA), .X_SIGNED(0), .Y_BITS(LA)) extend (.x_i(operand), .y_o(offset));
            assign read_in = base + offset;
            always @(posedge clk_i)
                if (!rst_ni | line_done) base <= {LA{1'b0}};
                else if (block_done & rest_o) base <= base + NEXT[LA-1:0];
        end
    endgenerate
endmodule

`default_nettype wire
