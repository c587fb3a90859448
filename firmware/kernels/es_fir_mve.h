/* y[t][o] = saturate((bias[o] + sum_k weight[o][k] * x[t - (kernel - 1 - k)]) >> shift)
 *
 * es_window, es_dense and es_requant of one channel in one call, for a core with MVE (Armv8.1-M): a bank of short
 * filters, eight outputs side by side in lanes of 16 bits. y: [outputs].
 * A sum is kept as two halves, of the taps before `split` and of the others, each exact in 16 bits with its part of the
 * bias. floor(floor((a + b) / 2) / 2^(shift - 1)) = floor((a + b) / 2^shift), and the halving add has no overflow.
 * Ranges: kernel 2 to 8; x and weights of 8 bits; shift 1 to 16; every half is exact in 16 bits, whatever its order,
 * since sums are taken modulo 2^16.
 * State: int32_t [kernel - 1], the frames before, oldest first; zeros at first.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_FIR_MVE_H
#define ES_FIR_MVE_H

#include "es_type.h"

#include <arm_mve.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t kernel;
    uint32_t split; /* 1 to kernel - 1 */
    uint32_t outputs;
    uint32_t shift;
    es_type x_type; /* ES_INT8 or ES_UINT8, as y_type */
    es_type y_type;
    int32_t low;
    int32_t high;
    const int8_t *weight; /* [blocks][kernel][8], zeros behind the last output */
    const int16_t *bias;  /* [blocks][2][8]: of each half */
} es_fir_mve_params;

/* saturate(v >> (shift - 1)), in the low bytes */
ES_INLINE int16x8_t mve_fir_requant(const es_fir_mve_params *p, int16x8_t v)
{
    const int16x8_t shifted = vshlq_r_s16(v, 1 - (int32_t)p->shift);

    if (p->low == INT8_MIN && p->high == INT8_MAX) {
        return vreinterpretq_s16_s8(vqmovnbq_s16(vuninitializedq_s8(), shifted));
    }
    if (p->low == 0 && p->high == UINT8_MAX) {
        return vreinterpretq_s16_u8(vqmovunbq_s16(vuninitializedq_u8(), shifted));
    }
    return vminq_s16(vmaxq_s16(shifted, vdupq_n_s16((int16_t)p->low)), vdupq_n_s16((int16_t)p->high));
}

/* half + weight * tap, for eight outputs; the weights of the next tap follow. In few registers. */
ES_INLINE int16x8_t mve_fir_add(int16x8_t half, const int8_t **weight, int32_t tap)
{
    int16x8_t w;

    __asm__ volatile("vldrb.s16 %q[w], [%[at]], #8\n"
                     "vmla.s16 %q[half], %q[w], %[tap]\n"
                     : [w] "=&w"(w), [at] "+&l"(*weight), [half] "+&w"(half)
                     : [tap] "r"(tap)
                     : "memory");
    return half;
}

/* One frame in, one frame out; always true. y: NULL where it is not wanted. */
ES_INLINE bool es_fir_mve(const es_fir_mve_params *p, void *state, const void *x, void *y)
{
    int32_t *past = (int32_t *)state, tap[8];

#pragma GCC unroll 8
    for (uint32_t k = 0; k < p->kernel; k++) {
        tap[k] = k + 1 < p->kernel ? past[k] : (int32_t)es_load(x, p->x_type, 0);
        __asm__("" : "+r"(tap[k])); /* one register each, and no vector of them */
        if (k > 0) {
            past[k - 1] = tap[k];
        }
    }
    for (uint32_t o = 0; y != NULL && o < p->outputs; o += 8) {
        const int8_t *weight = p->weight + o * p->kernel;
        int16x8_t half[2] = {vldrhq_s16(p->bias + 2 * o), vldrhq_s16(p->bias + 2 * o + 8)}, v;
        int8_t *to = (int8_t *)y + o;

#pragma GCC unroll 8
        for (uint32_t k = 0; k < p->kernel; k++) {
            half[k >= p->split] = mve_fir_add(half[k >= p->split], &weight, tap[k]);
        }
        v = mve_fir_requant(p, vhaddq_s16(half[0], half[1]));
        if (p->outputs % 8 == 0) {
            vstrbq_s16(to, v);
        } else {
            vstrbq_p_s16(to, v, vctp16q(p->outputs - o));
        }
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
