// Samples from an amplifier chip of Intan's RHD2000 series: SPI master, and the x stream of a model.
//
// After reset come the commands of INIT, the first rightmost. Then, every PERIOD cycles, a frame: CONVERT(0) to
// CONVERT(CHANNELS - 1), and two reads of register 63, because the chip answers a command with the second word after it.
// A command is SPI mode 0: CS falls, 16 bits from the highest, SCLK high and low for HALF cycles each, CS stays high for
// REST times HALF. MOSI changes when SCLK falls; MISO is taken DELAY cycles after SCLK's rise at the pin, which makes up
// for a long cable. A frame for which the model was too slow (more than one still waits) is left out, whole, and
// overrun_o is set until reset.
// INIT: registers 0 to 17 for 0.1 Hz to 7.5 kHz, an ADC at 700 kS/s and more, two's complement, amplifiers on; CALIBRATE,
// and nine commands for it.
// Latency: from the start of a frame, three commands to its first sample. Ranges: CHANNELS 1 to 32, HALF of 1 or more,
// DELAY below (REST + 1) * HALF, PERIOD of (CHANNELS + 2) * (33 + REST) * HALF or more.
`default_nettype none

module es_spi_adc #(
    parameter CHANNELS = 1,
    parameter PERIOD   = 1200,
    parameter HALF     = 1,
    parameter REST     = 4,
    parameter DELAY    = 0,
    parameter INITS    = 30,
    parameter [INITS*16-1:0] INIT = {
        {9{16'hff00}}, 16'h5500, 16'h91ff, 16'h90ff, 16'h8fff, 16'h8eff, 16'h8d7c, 16'h8c10, 16'h8b00, 16'h8a17,
        16'h8900, 16'h8816, 16'h8700, 16'h8600, 16'h8500, 16'h84c0, 16'h8300, 16'h8204, 16'h8102, 16'h80de,
        {2{16'hff00}}
    }
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    output reg         cs_no,
    output reg         sclk_o,
    output reg         mosi_o,
    input  wire        miso_i,
    output wire        y_valid_o,
    input  wire        y_ready_i,
    output wire [15:0] y_data_o,
    output reg         overrun_o
);
    localparam LENGTH = 33 + REST;  // halves of SCLK's period in a command
    localparam AT     = $clog2(LENGTH);
    localparam SLOT   = $clog2(CHANNELS + 2);
    localparam FA     = $clog2(2 * CHANNELS);
    localparam STEP   = (INITS > 1) ? $clog2(INITS) : 1;
    localparam [FA:0] FRAME = CHANNELS[FA:0];

    // Commands follow each other without a pause: those of INIT, then those of each frame.
    reg set_up, in_frame;
    wire busy = ~set_up | in_frame;
    wire half_last, at_last, slot_last, init_last, due;
    wire [AT-1:0] at;
    wire [SLOT-1:0] slot;
    wire [STEP-1:0] init_at;
    wire done = busy & half_last & at_last;
    es_tick #(.N(HALF)) half (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(busy), .last_o(half_last));
    es_count #(.N(LENGTH)) position (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(busy & half_last), .at_o(at), .last_o(at_last)
    );
    es_count #(.N(CHANNELS + 2)) command (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done & set_up), .at_o(slot), .last_o(slot_last)
    );
    es_count #(.N(INITS)) preparation (
        .clk_i(clk_i), .rst_ni(rst_ni), .step_i(done & ~set_up), .at_o(init_at), .last_o(init_last)
    );
    es_tick #(.N(PERIOD)) sampling (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(set_up), .last_o(due));

    // Samples that were asked for and not taken yet: two frames at most, so the queue never overflows.
    reg [FA:0] owed;
    wire begins = due & set_up & ~in_frame & (owed <= FRAME);
    wire taken  = y_valid_o & y_ready_i;
    always @(posedge clk_i)
        if (!rst_ni) begin
            set_up    <= 1'b0;
            in_frame  <= 1'b0;
            owed      <= {(FA+1){1'b0}};
            overrun_o <= 1'b0;
        end else begin
            set_up    <= set_up | (done & init_last);
            in_frame  <= begins | (in_frame & ~(done & slot_last));
            owed      <= owed + (begins ? FRAME : {(FA+1){1'b0}}) - {{FA{1'b0}}, taken};
            overrun_o <= overrun_o | (due & set_up & ~begins);
        end

    wire [5:0] channel;
    es_resize #(.X_BITS(SLOT), .X_SIGNED(0), .Y_BITS(6)) extend_slot (.x_i(slot), .y_o(channel));
    wire convert     = (channel < CHANNELS[5:0]);
    wire [15:0] word = ~set_up ? INIT[init_at*16 +: 16] : convert ? {2'b00, channel, 8'd0} : 16'hff00;
    wire bits        = busy & (at < 32);
    wire high        = bits & at[0];
    wire rise        = high & ~sclk_o;
    wire [3:0] next  = 4'd15 - at[4:1];
    always @(posedge clk_i) begin
        cs_no  <= ~(rst_ni & busy & (at < 33));
        sclk_o <= rst_ni & high;
        if (bits) mosi_o <= word[next];
    end

    reg [DELAY:0] past;
    reg [14:0] bits_in;
    wire [DELAY+1:0] rises = {past, rise};
    wire sample = rises[DELAY];
    wire word_last, unused_ready;
    wire answer = sample & word_last & set_up & (slot > 1);
    always @(posedge clk_i)
        if (!rst_ni) past <= {(DELAY+1){1'b0}};
        else past <= rises[DELAY:0];
    always @(posedge clk_i) if (sample) bits_in <= {bits_in[13:0], miso_i};
    es_tick #(.N(16)) received (.clk_i(clk_i), .rst_ni(rst_ni), .step_i(sample), .last_o(word_last));
    es_fifo #(.BITS(16), .ADDRESS(FA), .DEPTH(2 * CHANNELS)) queue (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .x_valid_i(answer), .x_ready_o(unused_ready), .x_data_i({bits_in, miso_i}),
        .y_valid_o(y_valid_o), .y_ready_i(y_ready_i), .y_data_o(y_data_o)
    );
endmodule

`default_nettype wire
