/* y[u][o] = saturate((bias[o] + sum_k sum_c weight[o][k][c] * x[t - (kernel-1-k) * dilation][u][c]) >> shift[o])
 *
 * es_window, es_dense and es_requant in one call, for every stride-th t. u: of `units` parts of a frame, `channels`
 * elements each: groups, or rows that share weights.
 *
 * SMLAD multiplies pairs of 16 bits. Where weights have 8 bits it is given those of two outputs at once: of the outputs
 * A to D three sums are made, T1 = 256 A + B, T2 = 256 B + C and T3 = 256 C + D, by weights 256 a + b, 256 b + c and
 * 256 c + d. Modulo 2^32, 256^2 T1 - 256 T2 + T3 = 256^3 A + D, whose low 24 bits are D; then C = (T3 - D) / 256,
 * B = (T2 - C) / 256, A = (T1 - B) / 256: four outputs for three multiplications. In the same way four sums give five.
 * Where weights have 6 bits and sums 20, 1024 instead of 256 gives three outputs for two.
 * 256 a + b of 8 bits each has 16 bits but for a = -128 and b < 0. Where that comes, weights are 256 a + b + 128, and
 * 128 times the sum of the inputs is taken off the sums (lifted).
 *
 * x: [units][channels], its values within int16; y: [units][outputs].
 * weight: made by the compiler in the order of use (es_dsp.h), for each of `weights` sets; unit u uses set u % weights.
 * Where sums are lifted, weights of 1 come first. Outputs by sixes come next, then by fours, fives, threes and ones.
 * Ranges: outputs of 32 bits before the shift; if chained (which fives are), of 24 bits; in sixes, of 20 bits.
 * State: es_conv_dsp_state, then int16_t line[dilation][units][line_elements], zeros at first. A frame is written
 * twice, `kernel` frames apart, so that a window is one run of elements; if `copy` is not 0 there is a second copy an
 * element further on, so that one of both begins at a whole word. The run is read to the next multiple of four inputs,
 * by weights of 0.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_CONV_DSP_H
#define ES_CONV_DSP_H

#include "es_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t kernel;
    uint32_t dilation;
    uint32_t stride;
    uint32_t units;
    uint32_t weights;
    uint32_t channels;
    uint32_t runs;          /* inputs of a unit: 4 * each * runs */
    uint32_t each;          /* 1 to 16 */
    uint32_t copy;          /* elements to the second copy of a line; 0 if there is none */
    uint32_t line_elements; /* of both copies */
    bool by_fours;          /* x has 8 bits, channels are a multiple of 4: a line holds elements 0, 2, 1, 3 of each 4 */
    bool chained;           /* fours are made of three sums */
    bool lifted;
    uint32_t sixes;         /* blocks of a set, of each kind */
    uint32_t fours;
    uint32_t fives;
    uint32_t threes;
    uint32_t ones;
    uint32_t shift;         /* of all outputs, 31 at most, */
    const uint8_t *shifts;  /* or [weights][outputs], if not NULL */
    uint32_t bits;          /* of y */
    bool is_signed;
    es_type x_type;
    es_type y_type;
    const int32_t *weight;
} es_conv_dsp_params;

typedef struct {
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t turn;  /* line of the next frame: frames modulo dilation */
    uint32_t phase; /* frames since the last one that came out */
} es_conv_dsp_state;

/* What is left of the constants and the outputs. */
typedef struct {
    const int32_t *weight;
    const uint8_t *shift;
    uint8_t *y;
} es_conv_dsp_rest;

ES_INLINE int32_t es_conv_dsp_minus(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

ES_INLINE int32_t es_conv_dsp_left(int32_t a, uint32_t shift)
{
    return (int32_t)((uint32_t)a << shift);
}

/* What lifted sums would have been. */
ES_INLINE void es_conv_dsp_lower(int32_t v[], size_t sums, int32_t lift)
{
#pragma GCC unroll 4
    for (size_t i = 0; i < sums; i++) {
        v[i] = es_conv_dsp_minus(v[i], lift);
    }
}

/* Of the sums 256 A + B, 256 B + C, ... and the last of the outputs A, B, C, ...: 256 A, 256 B, ... */
ES_INLINE void es_conv_dsp_unchain(int32_t v[], size_t sums)
{
    v[sums - 1] = es_conv_dsp_minus(v[sums - 1], v[sums]);
#pragma GCC unroll 4
    for (size_t i = sums - 1; i > 0; i--) {
        v[i - 1] = es_conv_dsp_minus(v[i - 1], es_shift32(v[i], 8));
    }
}

/* The sums 256 A + B, 256 B + C, 256 C + D become 256 A, 256 B, 256 C, D. */
ES_INLINE void es_conv_dsp_four_of_three(int32_t v[4])
{
    const int32_t high = es_conv_dsp_minus(v[1], es_conv_dsp_left(v[0], 8)); /* C - 256^2 A */
    const int32_t low = es_conv_dsp_minus(v[2], es_conv_dsp_left(high, 8));  /* D + 256^3 A */

    v[3] = es_shift32(es_conv_dsp_left(low, 8), 8);
    es_conv_dsp_unchain(v, 3);
}

/* The sums 256 A + B, 256 B + C, 256 C + D, 256 D + E become 256 A, 256 B, 256 C, 256 D, E: 256^4 A is 0. */
ES_INLINE void es_conv_dsp_five_of_four(int32_t v[5])
{
    const int32_t high = es_conv_dsp_minus(v[1], es_conv_dsp_left(v[0], 8)); /* C - 256^2 A */
    const int32_t low = es_conv_dsp_minus(v[2], es_conv_dsp_left(high, 8));  /* D + 256^3 A */

    v[4] = es_conv_dsp_minus(v[3], es_conv_dsp_left(low, 8));
    es_conv_dsp_unchain(v, 4);
}

/* The sums 1024 A + B and 1024 B + C become 1024 A, 1024 B, C. */
ES_INLINE void es_conv_dsp_three_of_two(const int32_t sum[2], int32_t v[3])
{
    const int32_t low = es_conv_dsp_minus(sum[1], es_conv_dsp_left(sum[0], 10)); /* C - 1024^2 A */

    v[2] = es_shift32(es_conv_dsp_left(low, 12), 12);
    v[1] = es_conv_dsp_minus(sum[1], v[2]);
    v[0] = es_conv_dsp_minus(sum[0], es_shift32(v[1], 10));
}

/* The next `count` outputs, shifted and saturated. All but the last are 2^scale times as large, and are shifted so much
 * more, or by 31, which is the same for as many bits as they have. */
ES_INLINE void es_conv_dsp_put(const es_conv_dsp_params *p, es_conv_dsp_rest *rest, const int32_t v[], size_t count,
                               uint32_t scale)
{
#pragma GCC unroll 5
    for (size_t i = 0; i < count; i++) {
        const uint32_t more = i + 1 < count ? scale : 0;
        const uint32_t shift = p->shifts == NULL ? p->shift + more : 0;
        const int32_t value = p->shifts == NULL ? v[i] : es_shift32(v[i], rest->shift[i] + more);

        es_store(rest->y, p->y_type, i, es_dsp_requant(value, shift < 31 ? shift : 31, p->bits, p->is_signed));
        es_dsp_stored();
    }
    rest->y += count * es_size(p->y_type);
    rest->shift += p->shifts == NULL ? 0 : count;
}

/* One unit: a window of inputs in, its outputs out. */
ES_INLINE void es_conv_dsp_unit(const es_conv_dsp_params *p, const int16_t *x, es_conv_dsp_rest *rest)
{
    int32_t lift = 0, sum[4], v[5];

    if (p->lifted) {
        es_dsp_sum(p->runs * p->each, &rest->weight, x, &lift);
        lift = es_conv_dsp_left(lift, 7);
    }
    for (uint32_t i = 0; i < p->sixes; i++) {
        es_dsp_sums_4(p->runs, p->each, &rest->weight, &x, sum);
        es_conv_dsp_three_of_two(sum, v);
        es_conv_dsp_put(p, rest, v, 3, 10);
        es_conv_dsp_three_of_two(sum + 2, v);
        es_conv_dsp_put(p, rest, v, 3, 10);
    }
    for (uint32_t i = 0; i < p->fours; i++) {
        if (p->chained) {
            es_dsp_sums_3(p->runs, p->each, &rest->weight, &x, v);
            es_conv_dsp_lower(v, 3, lift);
            es_conv_dsp_four_of_three(v);
        } else {
            es_dsp_sums_4(p->runs, p->each, &rest->weight, &x, v);
        }
        es_conv_dsp_put(p, rest, v, 4, p->chained ? 8 : 0);
    }
    for (uint32_t i = 0; i < p->fives; i++) {
        es_dsp_sums_4(p->runs, p->each, &rest->weight, &x, v);
        es_conv_dsp_lower(v, 4, lift);
        es_conv_dsp_five_of_four(v);
        es_conv_dsp_put(p, rest, v, 5, 8);
    }
    for (uint32_t i = 0; i < p->threes; i++) {
        es_dsp_sums_3(p->runs, p->each, &rest->weight, &x, v);
        es_conv_dsp_put(p, rest, v, 3, 0);
    }
    for (uint32_t i = 0; i < p->ones; i++) {
        es_dsp_sum(p->runs * p->each, &rest->weight, x, v);
        es_conv_dsp_put(p, rest, v, 1, 0);
    }
}

/* A unit's part of a frame into its line, by fours. */
ES_INLINE void es_conv_dsp_push_fours(const es_conv_dsp_params *p, const uint8_t *x, int16_t *to)
{
    const size_t again = p->kernel * p->channels;

#pragma GCC unroll 4
    for (size_t i = 0; i < p->channels; i += 4) {
        uint32_t four, even, odd;

        memcpy(&four, x + i, sizeof four);
        es_dsp_expand(four, p->x_type == ES_INT8, &even, &odd);
        memcpy(to + i, &even, sizeof even);
        memcpy(to + i + 2, &odd, sizeof odd);
        if (p->kernel > 1) {
            memcpy(to + i + again, &even, sizeof even);
            memcpy(to + i + again + 2, &odd, sizeof odd);
        }
    }
}

/* The same one by one. */
ES_INLINE void es_conv_dsp_push(const es_conv_dsp_params *p, const uint8_t *x, int16_t *to)
{
    const size_t again = p->kernel > 1 ? p->kernel * p->channels : 0;

#pragma GCC unroll 4
    for (size_t i = 0; i < p->channels; i++) {
        const int16_t value = (int16_t)es_load(x, p->x_type, i);

        to[i] = to[i + again] = value;
        if (p->copy > 0) {
            to[i + p->copy + 1] = to[i + p->copy + 1 + again] = value;
        }
    }
}

/* A frame into its line of each unit. Returns where its window begins, at a whole word. */
ES_INLINE size_t es_conv_dsp_take(const es_conv_dsp_params *p, es_conv_dsp_state *s, const uint8_t *x, int16_t *line)
{
    const uint32_t at = p->kernel > 1 ? s->at : 0, next = at + 1 < p->kernel ? at + 1 : 0;
    const size_t begin = next * p->channels;

    for (uint32_t u = 0; u < p->units; u++) {
        if (p->by_fours) {
            es_conv_dsp_push_fours(p, x, line + at * p->channels);
        } else {
            es_conv_dsp_push(p, x, line + at * p->channels);
        }
        x += p->channels * es_size(p->x_type);
        line += p->line_elements;
    }
    if (p->dilation > 1) {
        s->turn = s->turn + 1 < p->dilation ? s->turn + 1 : 0;
    }
    if (p->kernel > 1 && (p->dilation == 1 || s->turn == 0)) {
        s->at = next;
    }
    return p->copy > 0 && begin % 2 == 1 ? begin + p->copy + 1 : begin;
}

/* True if a frame of the output is due. */
ES_INLINE bool es_conv_dsp_due(const es_conv_dsp_params *p, es_conv_dsp_state *s)
{
    if (p->stride == 1) {
        return true;
    }
    s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    return s->phase == 0;
}

/* One frame in; true if a frame came out, false (y untouched) where none is due. y NULL: the frame is taken, nothing is
 * computed. */
ES_INLINE bool es_conv_dsp(const es_conv_dsp_params *p, void *state, const void *x, void *y)
{
    es_conv_dsp_state *s = (es_conv_dsp_state *)state;
    int16_t *line = (int16_t *)(s + 1) + (p->dilation > 1 ? s->turn * p->units * p->line_elements : 0);
    const int16_t *window = line + es_conv_dsp_take(p, s, (const uint8_t *)x, line);
    es_conv_dsp_rest rest = {p->weight, p->shifts, (uint8_t *)y};

    if (!es_conv_dsp_due(p, s)) {
        return false;
    }
    for (uint32_t u = 0; y != NULL && u < p->units; u++, window += p->line_elements) {
        if (u % p->weights == 0) {
            rest.weight = p->weight;
            rest.shift = p->shifts;
        }
        es_conv_dsp_unit(p, window, &rest);
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
