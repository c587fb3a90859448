/* y[t][c] = saturate((bias[c] + sum_k weight[c][k] * x[t - (kernel - 1 - k) * dilation][c]) >> shift[c]),
 * for every stride-th t
 *
 * es_window, es_dense and es_requant of channels each by itself, in one call, for a core with MVE (Armv8.1-M): sixteen
 * channels at a time, products and sums of 16 bits. x, y: [channels].
 * A sum is kept as two halves, of the taps before `split` and of the others, each exact in 16 bits with its part of the
 * bias. floor(floor((a + b) / 2) / 2^(shift - 1)) = floor((a + b) / 2^shift), and the halving add has no overflow.
 * Unsigned inputs that use their top bit are kept less half their range, which the biases make good.
 * Ranges: kernel 2 or more; x, weights and y of 8 bits; shift 1 to 16; every half is exact in 16 bits, whatever its
 * order, since sums are taken modulo 2^16.
 * State: int8 past[dilation][blocks][kernel - 1][16], the frames before, oldest first, then es_depthwise_mve_state;
 * zeros at first.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_DEPTHWISE_MVE_H
#define ES_DEPTHWISE_MVE_H

#include "es_type.h"

#include <arm_mve.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t kernel;
    uint32_t split; /* 1 to kernel - 1 */
    uint32_t channels;
    uint32_t dilation;
    uint32_t stride;
    bool flip;     /* x is unsigned and uses its top bit */
    bool both;     /* both halves have a part of the bias, or else the first has it all */
    int32_t shift; /* of all channels, less 1; or that of each if negative */
    es_type y_type;
    int32_t low;
    int32_t high;
    const int8_t *weight; /* [blocks][kernel][16], zeros behind the last channel */
    const int16_t *bias;  /* [blocks][1 or 2][16]: of each half, even channels before odd ones */
    const int8_t *shifts; /* [blocks][16], 1 - shift, even channels before odd ones */
} es_depthwise_mve_params;

typedef struct {
    uint32_t began; /* 0 before the first frame */
    uint32_t turn;  /* which of `dilation` pasts the next frame belongs to */
    uint32_t phase; /* frames since the last one that came out */
} es_depthwise_mve_state;

/* What a block of sixteen channels reads and writes; moved on to the next block by the one before. */
typedef struct {
    const int8_t *x;
    int8_t *past;
    const int8_t *weight;
    const int16_t *bias;
    const int8_t *shifts;
    int8_t *y;
} mve_depthwise_at;

/* The sums of a half, of even and of odd channels. */
typedef struct {
    int16x8_t even;
    int16x8_t odd;
} mve_depthwise_half;

ES_INLINE mve_depthwise_half mve_depthwise_bias(const int16_t **bias)
{
    mve_depthwise_half h;

    __asm__ volatile("vldrh.16 %q[even], [%[at]], #16\n"
                     "vldrh.16 %q[odd], [%[at]], #16\n"
                     : [even] "=&w"(h.even), [odd] "=w"(h.odd), [at] "+r"(*bias)
                     :
                     : "memory");
    return h;
}

/* Adds a frame's products to a half that `has` sums. In few registers: two vectors beside the halves and the frame. */
ES_INLINE void mve_depthwise_add(mve_depthwise_half *h, bool has, int8x16_t x, const int8_t **weight)
{
    int8x16_t w, even;

    if (!has) {
        __asm__ volatile("vldrb.8 %q[w], [%[at]], #16\n"
                         "vmullb.s8 %q[even], %q[x], %q[w]\n"
                         "vmullt.s8 %q[odd], %q[x], %q[w]\n"
                         : [w] "=&w"(w), [at] "+r"(*weight), [even] "=&w"(h->even), [odd] "=w"(h->odd)
                         : [x] "w"(x)
                         : "memory");
        return;
    }
    __asm__ volatile("vldrb.8 %q[w], [%[at]], #16\n"
                     "vmullb.s8 %q[t], %q[x], %q[w]\n"
                     "vadd.i16 %q[even], %q[even], %q[t]\n"
                     "vmullt.s8 %q[w], %q[x], %q[w]\n"
                     "vadd.i16 %q[odd], %q[odd], %q[w]\n"
                     : [w] "=&w"(w), [t] "=&w"(even), [at] "+r"(*weight), [even] "+&w"(h->even), [odd] "+&w"(h->odd)
                     : [x] "w"(x)
                     : "memory");
}

/* A frame of the past, which becomes the one before it: past[-1] = past[0]. */
ES_INLINE int8x16_t mve_depthwise_age(int8_t **past, bool is_oldest)
{
    int8x16_t x;

    if (is_oldest) {
        __asm__ volatile("vldrb.8 %q[x], [%[at]], #16\n" : [x] "=w"(x), [at] "+r"(*past) : : "memory");
    } else {
        __asm__ volatile("vldrb.8 %q[x], [%[at]], #16\n"
                         "vstrb.8 %q[x], [%[at], #-32]\n"
                         : [x] "=w"(x), [at] "+r"(*past)
                         :
                         : "memory");
    }
    return x;
}

/* The newest frame's first `left` of sixteen channels, which become the newest of the past. */
ES_INLINE int8x16_t mve_depthwise_take(const es_depthwise_mve_params *p, mve_depthwise_at *at, uint32_t left)
{
    int8x16_t x = left < 16 ? vldrbq_z_s8(at->x, vctp8q(left)) : vldrbq_s8(at->x), flip;

    if (p->flip) {
        __asm__("vmov.i8 %q[flip], #128\n" : [flip] "=w"(flip));
        x = veorq_s8(x, flip);
    }
    vstrbq_s8(at->past - 16, x);
    at->x += 16;
    return x;
}

/* saturate((a + b) >> shift) of even and odd channels, side by side. (VQSHRN would shift and narrow in one instruction,
 * but binutils 2.40 assembles the rounding VQRSHRN for it.) */
#define ES_DEPTHWISE_MVE_SUM(shift_even, shift_odd, narrow)      \
    __asm__("vhadd.s16 %q[even], %q[even], %q[even1]\n"       \
            "vhadd.s16 %q[odd], %q[odd], %q[odd1]\n"          \
            "vshl.s16 %q[even], " shift_even "\n"             \
            "vshl.s16 %q[odd], " shift_odd "\n"               \
            narrow "b.s16 %q[even], %q[even]\n"               \
            narrow "t.s16 %q[even], %q[odd]\n"                \
            : [even] "+&w"(a.even), [odd] "+&w"(a.odd)        \
            : [even1] "w"(b.even), [odd1] "w"(b.odd), [se] "w"(se), [so] "w"(so), [shift] "r"(-p->shift))

ES_INLINE int8x16_t mve_depthwise_requant(const es_depthwise_mve_params *p, mve_depthwise_half a,
                                          mve_depthwise_half b, const int8_t *shifts)
{
    int16x8_t se = b.even, so = b.odd;

    if (p->shift < 0) {
        se = vldrbq_s16(shifts);
        so = vldrbq_s16(shifts + 8);
    }
    if (p->shift >= 0 && p->y_type == ES_INT8) {
        ES_DEPTHWISE_MVE_SUM("%[shift]", "%[shift]", "vqmovn");
    } else if (p->shift >= 0) {
        ES_DEPTHWISE_MVE_SUM("%[shift]", "%[shift]", "vqmovun");
    } else if (p->y_type == ES_INT8) {
        ES_DEPTHWISE_MVE_SUM("%q[even], %q[se]", "%q[odd], %q[so]", "vqmovn");
    } else {
        ES_DEPTHWISE_MVE_SUM("%q[even], %q[se]", "%q[odd], %q[so]", "vqmovun");
    }
    return vreinterpretq_s8_s16(a.even);
}

/* To the range of y, where that is not all of its 8 bits. */
ES_INLINE int8x16_t mve_depthwise_limit(const es_depthwise_mve_params *p, int8x16_t y)
{
    if (p->y_type == ES_UINT8 && p->high < UINT8_MAX) {
        return vreinterpretq_s8_u8(vminq_u8(vreinterpretq_u8_s8(y), vdupq_n_u8((uint8_t)p->high)));
    }
    if (p->y_type == ES_INT8 && p->high < INT8_MAX) {
        return vminq_s8(vmaxq_s8(y, vdupq_n_s8((int8_t)p->low)), vdupq_n_s8((int8_t)p->high));
    }
    return y;
}

/* The first `left` of sixteen channels. */
ES_INLINE void mve_depthwise_block(const es_depthwise_mve_params *p, mve_depthwise_at *at, uint32_t left)
{
    mve_depthwise_half first = mve_depthwise_bias(&at->bias), second = first;
    int8x16_t y;

    if (p->both) {
        second = mve_depthwise_bias(&at->bias);
    }
#pragma GCC unroll 8
    for (uint32_t k = 0; k < p->split; k++) {
        mve_depthwise_add(&first, true, mve_depthwise_age(&at->past, k == 0), &at->weight);
    }
#pragma GCC unroll 8
    for (uint32_t k = p->split; k + 1 < p->kernel; k++) {
        mve_depthwise_add(&second, p->both || k > p->split, mve_depthwise_age(&at->past, false), &at->weight);
    }
    mve_depthwise_add(&second, p->both || p->split + 1 < p->kernel, mve_depthwise_take(p, at, left), &at->weight);
    y = mve_depthwise_limit(p, mve_depthwise_requant(p, first, second, at->shifts));
    if (left < 16) {
        vstrbq_p_s8(at->y, y, vctp8q(left));
    } else {
        vstrbq_s8(at->y, y);
    }
    at->shifts += 16;
    at->y += 16;
}

/* The same without outputs. */
ES_INLINE void mve_depthwise_skip(const es_depthwise_mve_params *p, mve_depthwise_at *at, uint32_t left)
{
    for (uint32_t k = 0; k + 1 < p->kernel; k++) {
        (void)mve_depthwise_age(&at->past, k == 0);
    }
    (void)mve_depthwise_take(p, at, left);
}

/* Frames before the first are zeros, less half the range as all are. */
ES_INLINE void mve_depthwise_begin(int8_t *past, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 16) {
        vstrbq_s8(past + i, vdupq_n_s8(INT8_MIN));
    }
}

/* One frame in; true if a frame came out, false (y untouched) where none is due. y: NULL where it is not wanted. */
ES_INLINE bool es_depthwise_mve(const es_depthwise_mve_params *p, void *state, const void *x, void *y)
{
    const uint32_t full = p->channels / 16, left = p->channels % 16;
    const size_t past_bytes = (full + (left > 0)) * (p->kernel - 1) * 16;
    es_depthwise_mve_state *s = (es_depthwise_mve_state *)(void *)((int8_t *)state + p->dilation * past_bytes);
    mve_depthwise_at at = {(const int8_t *)x, (int8_t *)state, p->weight, p->bias, p->shifts, (int8_t *)y};
    bool due = true;

    if (p->flip && s->began == 0) {
        mve_depthwise_begin(at.past, p->dilation * past_bytes);
        s->began = 1;
    }
    if (p->dilation > 1) {
        at.past += s->turn * past_bytes;
        s->turn = s->turn + 1 < p->dilation ? s->turn + 1 : 0;
    }
    if (p->stride > 1) {
        s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
        due = s->phase == 0;
    }
    if (!due || y == NULL) {
        for (uint32_t c = 0; c < p->channels; c += 16) {
            mve_depthwise_skip(p, &at, p->channels - c);
        }
        return due;
    }
#pragma GCC unroll 2
    for (uint32_t b = 0; b < full; b++) {
        mve_depthwise_block(p, &at, 16);
    }
    if (left > 0) {
        mve_depthwise_block(p, &at, left);
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
