// The bytes of a message to those on the line: its check behind them, COBS around all, a zero at the end (docs/link.md).
//
// The message is made in RAM: where a zero would be stands the distance to the next one, which is written when that is
// known. drop_i forgets a message whose last byte has not come; others go on to their end.
// Latency: 10 cycles a byte, and 38 more, until the first byte leaves. Ranges: ADDRESS of 3 to 8; a message of
// 2^ADDRESS - 7 bytes at most; start_i is es_crc32's.
`default_nettype none

module es_link_tx #(
    parameter ADDRESS = 8
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        drop_i,
    input  wire [31:0] start_i,
    input  wire        x_valid_i,
    output wire        x_ready_o,
    input  wire [7:0]  x_data_i,
    input  wire        x_last_i,
    output wire        y_valid_o,
    input  wire        y_ready_i,
    output wire [7:0]  y_data_o
);
    localparam TAKE = 3'd0, BITS = 3'd1, CHECK = 3'd2, CLOSE = 3'd3, READ = 3'd4, SEND = 3'd5, END = 3'd6;
    localparam [ADDRESS-1:0] FIRST = 1;
    reg [2:0] state;
    reg [ADDRESS-1:0] at, code_at;  // where the next byte goes, and where the last zero was
    reg [2:0] bits_left;            // less one
    reg [2:0] checks;               // bytes of the check still to come; 4 too, before the message's last byte
    reg last;
    reg [7:0] bits;
    wire taken = x_valid_i & x_ready_o;
    assign x_ready_o = (state == TAKE);

    wire [7:0] crc;
    wire [23:0] unused_crc;
    es_crc32 check (
        .clk_i(clk_i), .load_i(taken & at == FIRST), .start_i(start_i), .step_i(state == BITS),
        .bit_i(checks != 3'd4 ? crc[0] : bits[0]), .y_o({unused_crc, crc})
    );

    wire put = taken | state == CHECK;
    wire [7:0] data = (state == CHECK) ? ~crc : x_data_i;
    wire zero = (data == 8'd0) | state == CLOSE;
    wire [ADDRESS-1:0] distance = at - code_at;
    wire [7:0] code, word;
    es_resize #(.X_BITS(ADDRESS), .X_SIGNED(0), .Y_BITS(8)) extend (.x_i(distance), .y_o(code));
    es_ram #(.BITS(8), .ADDRESS(ADDRESS)) message (
        .clk_i(clk_i), .we_i(put | state == CLOSE), .waddr_i(zero ? code_at : at), .wdata_i(zero ? code : data),
        .re_i(state == READ), .raddr_i(code_at), .rdata_o(word)
    );
    assign y_valid_o = (state == SEND) | state == END;
    assign y_data_o  = (state == SEND) ? word : 8'd0;

    wire drop = drop_i & (state == TAKE | (state == BITS & ~last));
    wire over = drop | (state == END & y_ready_i);
    always @(posedge clk_i)
        if (!rst_ni) begin
            state   <= TAKE;
            at      <= FIRST;
            code_at <= {ADDRESS{1'b0}};
            checks  <= 3'd4;
        end else begin
            if (over) at <= FIRST;
            else if (put) at <= at + 1'b1;
            if (over | state == CLOSE) code_at <= {ADDRESS{1'b0}};
            else if (put & zero) code_at <= at;
            else if (state == READ) code_at <= code_at + 1'b1;
            if (over) checks <= 3'd4;
            else if (state == CHECK) checks <= checks - 1'b1;
            case (state)
                TAKE: if (taken & ~drop) state <= BITS;
                BITS:
                    if (drop) state <= TAKE;
                    else if (bits_left == 3'd0) state <= ~last ? TAKE : (checks == 3'd0) ? CLOSE : CHECK;
                CHECK: state <= BITS;
                CLOSE: state <= READ;
                READ: state <= SEND;
                SEND: if (y_ready_i) state <= (code_at == at) ? END : READ;
                default: if (y_ready_i) state <= TAKE;
            endcase
        end

    always @(posedge clk_i) begin
        if (put) bits_left <= 3'd7;
        else if (state == BITS) bits_left <= bits_left - 1'b1;
        if (taken) {last, bits} <= {x_last_i, x_data_i};
        else if (state == BITS) bits <= {1'b0, bits[7:1]};
    end
endmodule

`default_nettype wire
