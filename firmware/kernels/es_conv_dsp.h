/* y[u][o] = saturate((bias[o] + sum_k sum_c weight[o][k][c] * x[t - (kernel-1-k) * dilation][u][c]) >> shift[o])
 *
 * es_window, es_dense and es_requant in one call, for Armv7E-M and later cores with the DSP extension, for every
 * stride-th t. u: of `units` alike parts of a frame, groups or rows that share weights, with `channels` elements each.
 *
 * SMLAD multiplies two pairs of 16 bits. Where weights have 8 bits it is given two outputs at once: of outputs A to D
 * three sums are made, T1 = 256 A + B, T2 = 256 B + C, T3 = 256 C + D, from weights 256 a + b, and so on, of 16 bits.
 * 256^2 T1 - 256 T2 + T3 = 256^3 A + D gives D, hence C = (T3 - D) / 256, B and A: four outputs for three
 * multiplications. It is exact if each output has 24 bits, since sums are taken modulo 2^32. In the same way four sums
 * give five outputs.
 *
 * x: [units][channels], its values within int16; y: [units][outputs].
 * weight: in the order of use, made by the compiler: for each of `weights` sets (unit u uses set u % weights) the blocks
 * of `block`; for a block of n sums the n sums' biases, then for each pair of inputs n words of two weights.
 * Ranges: outputs of 24 bits in blocks of FOUR_OF_THREE and FIVE_OF_FOUR, of 32 bits in others. packed: y is 8 bits wide,
 * all shifts are p->shift[0], 16 at most, and results have 16 bits before they saturate; flip is 0x80808080
 * where y is signed, and then a bias holds 128 << shift more.
 * State: es_conv_dsp_state, then int16_t[dilation][units][unit_elements]: the line buffers. A frame is written twice,
 * `kernel` frames apart, so that a window is always one run of elements; where channels are odd there is a second copy, one
 * element further on, so that a run always begins at a whole word. Zeros at first.
 */
#ifndef ES_CONV_DSP_H
#define ES_CONV_DSP_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks of outputs: how many of how many sums. */
typedef enum {
    ES_CONV_END = 0,
    ES_CONV_ONE,
    ES_CONV_THREE,
    ES_CONV_FOUR,
    ES_CONV_FOUR_OF_THREE,
    ES_CONV_FIVE_OF_FOUR
} es_conv_dsp_block;

typedef struct {
    uint32_t kernel;
    uint32_t dilation;
    uint32_t stride;
    uint32_t units;
    uint32_t weights;
    uint32_t channels;
    uint32_t outputs;       /* of a unit */
    uint32_t fours;         /* inputs of a unit, four by four, the last ones with weights of 0 */
    uint32_t runs;          /* of the code for 8 fours */
    uint32_t first;         /* fours of the first run; 8 in the others */
    uint32_t copy;          /* elements to the second copy of a line; 0 if there is none */
    uint32_t unit_elements; /* of both copies */
    uint32_t lift;          /* packed: 16 - shift */
    uint32_t flip;          /* packed: see above */
    bool packed;
    bool quads;             /* x is 8 bits wide, channels are a multiple of 4: the line holds elements 0, 2, 1, 3 of each 4 */
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type y_type;
    const uint8_t *block;   /* for each set of weights one es_conv_dsp_block for each block, then ES_CONV_END */
    const int32_t *weight;
    const uint8_t *shift;   /* [weights][outputs] */
} es_conv_dsp_params;

typedef struct {
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t turn;  /* line of the next frame: frames modulo dilation */
    uint32_t phase; /* frames since the last one that came out */
} es_conv_dsp_state;

/* One frame in; true if a frame came out, false (y untouched) where none is due. */
bool es_conv_dsp(const es_conv_dsp_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
