/* y[u][o] = saturate((bias[o] + sum_k weight[o][k] * x[t - (kernel-1-k)][u]) >> shift)
 *
 * es_window, es_dense and es_requant in one call, for every stride-th t, where a unit reads one element of the frame
 * and a few taps of it: a depthwise layer, or a first layer on one channel.
 *
 * The taps of a unit stay where they were written, two of them a word, and the newest takes the oldest one's place; so
 * there is a table of the weights for each place that the newest can have. That costs kernel times the flash of the
 * weights, and spares every copy and every test.
 *
 * x: [units], its values within int16; y: [units][outputs]. kernel: 3 to 8.
 * weight: [kernel][weights][outputs][1 + words], words = (kernel + 1) / 2, made by the compiler: for the place of the
 * newest tap, the set (unit u uses set u % weights) and the output, the bias and the weights by twos. Sums: 32 bits.
 * State: es_taps_dsp_state, then uint32_t taps[units][words]; zeros at first.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_TAPS_DSP_H
#define ES_TAPS_DSP_H

#include "es_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t kernel;
    uint32_t stride;
    uint32_t units;
    uint32_t weights;
    uint32_t outputs;   /* of a unit */
    uint32_t shift;     /* 31 at most */
    uint32_t bits;      /* of y */
    bool is_signed;
    es_type x_type;
    es_type y_type;
    const int32_t *weight;
} es_taps_dsp_params;

typedef struct {
    uint32_t at;    /* place of the newest tap */
    uint32_t phase; /* frames since the last one that came out */
} es_taps_dsp_state;

/* The taps of one unit. */
typedef struct {
    uint32_t pair[4];
} es_taps_dsp_taps;

/* A unit's sample to its place, then all its taps; *line moves on to the next unit's. */
ES_INLINE es_taps_dsp_taps es_taps_dsp_load(uint32_t words, int16_t sample, size_t at, uint32_t **line)
{
    register uint32_t pair0 __asm__("r2"), pair1 __asm__("r3"), pair2 __asm__("r12"), pair3 __asm__("lr");
    es_taps_dsp_taps taps = {{0, 0, 0, 0}};

    memcpy((uint8_t *)*line + 2 * at, &sample, sizeof sample);
    if (words == 2) {
        __asm__ volatile("ldmia.w %0!, {r2, r3}" : "+r"(*line), "=r"(pair0), "=r"(pair1) : : "memory");
    } else if (words == 3) {
        __asm__ volatile("ldmia.w %0!, {r2, r3, r12}"
                         : "+r"(*line), "=r"(pair0), "=r"(pair1), "=r"(pair2)
                         :
                         : "memory");
        taps.pair[2] = pair2;
    } else {
        __asm__ volatile("ldmia.w %0!, {r2, r3, r12, lr}"
                         : "+r"(*line), "=r"(pair0), "=r"(pair1), "=r"(pair2), "=r"(pair3)
                         :
                         : "memory");
        taps.pair[2] = pair2;
        taps.pair[3] = pair3;
    }
    taps.pair[0] = pair0;
    taps.pair[1] = pair1;
    return taps;
}

/* bias + weight . taps; *weight moves on to the next output's. */
ES_INLINE int32_t es_taps_dsp_sum(uint32_t words, const int32_t **weight, es_taps_dsp_taps taps)
{
    register int32_t sum __asm__("r4");

    if (words == 2) {
        __asm__ volatile("ldmia.w %0!, {r4, r5, r6}\n\t"
                         "smlad r4, %2, r5, r4\n\t"
                         "smlad r4, %3, r6, r4"
                         : "+r"(*weight), "=&r"(sum)
                         : "r"(taps.pair[0]), "r"(taps.pair[1])
                         : "r5", "r6", "memory");
    } else if (words == 3) {
        __asm__ volatile("ldmia.w %0!, {r4, r5, r6, r8}\n\t"
                         "smlad r4, %2, r5, r4\n\t"
                         "smlad r4, %3, r6, r4\n\t"
                         "smlad r4, %4, r8, r4"
                         : "+r"(*weight), "=&r"(sum)
                         : "r"(taps.pair[0]), "r"(taps.pair[1]), "r"(taps.pair[2])
                         : "r5", "r6", "r8", "memory");
    } else {
        __asm__ volatile("ldmia.w %0!, {r4, r5, r6, r8, r9}\n\t"
                         "smlad r4, %2, r5, r4\n\t"
                         "smlad r4, %3, r6, r4\n\t"
                         "smlad r4, %4, r8, r4\n\t"
                         "smlad r4, %5, r9, r4"
                         : "+r"(*weight), "=&r"(sum)
                         : "r"(taps.pair[0]), "r"(taps.pair[1]), "r"(taps.pair[2]), "r"(taps.pair[3])
                         : "r5", "r6", "r8", "r9", "memory");
    }
    return sum;
}

/* The outputs of one unit. */
ES_INLINE void es_taps_dsp_unit(const es_taps_dsp_params *p, const int32_t **weight, es_taps_dsp_taps taps, uint8_t **y)
{
#pragma GCC unroll 8
    for (uint32_t o = 0; o < p->outputs; o++) {
        const int32_t sum = es_taps_dsp_sum((p->kernel + 1) / 2, weight, taps);

        es_store(*y, p->y_type, o, es_dsp_requant(sum, p->shift, p->bits, p->is_signed));
        es_dsp_stored();
    }
    *y += p->outputs * es_size(p->y_type);
}

/* One frame in; true if a frame came out, false (y untouched) where none is due. y NULL: the frame is taken, nothing is
 * computed. */
ES_INLINE bool es_taps_dsp(const es_taps_dsp_params *p, void *state, const void *x, void *y)
{
    es_taps_dsp_state *s = (es_taps_dsp_state *)state;
    uint32_t *line = (uint32_t *)(s + 1);
    const uint32_t words = (p->kernel + 1) / 2, at = s->at, phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    const int32_t *first = p->weight + at * p->weights * p->outputs * (1 + words), *weight = first;
    uint8_t *to = (uint8_t *)y;

    s->at = at + 1 < p->kernel ? at + 1 : 0;
    if (p->stride > 1) {
        s->phase = phase;
    }
    if (phase > 0 || y == NULL) {
        for (uint32_t u = 0; u < p->units; u++) {
            (void)es_taps_dsp_load(words, (int16_t)es_load(x, p->x_type, u), at, &line);
        }
        return phase == 0;
    }
#pragma GCC unroll 16
    for (uint32_t u = 0; u < p->units; u++) {
        if (p->units > p->weights && u % p->weights == 0) {
            weight = first;
        }
        es_taps_dsp_unit(p, &weight, es_taps_dsp_load(words, (int16_t)es_load(x, p->x_type, u), at, &line), &to);
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
