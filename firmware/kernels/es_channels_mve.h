/* y[t][c] = saturate((bias[c] + sum_k weight[c][k] * x[t - (kernel - 1 - k) * dilation][c]) >> shift[c]),
 * for every stride-th t
 *
 * es_window, es_dense and es_requant of channels each by itself, in one call, for a core with MVE (Armv8.1-M): four
 * channels at a time with products and sums of 32 bits, for what es_depthwise_mve.h cannot keep in 16.
 * x, y: [channels]. x: 8 or 16 bits; weights of 16.
 * Ranges: every sum is exact in 32 bits, which the compiler proves; shift 0 to 31.
 * State: as in es_mve.h, one line; three elements behind it are read and do not count.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_CHANNELS_MVE_H
#define ES_CHANNELS_MVE_H

#include "es_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    es_mve_line line;
    uint32_t kernel;
    uint32_t channels;
    es_type y_type; /* any but ES_UINT32 */
    int32_t low;
    int32_t high;
    const int16_t *weight; /* [blocks][kernel][4], zeros behind the last channel */
    const int32_t *table;  /* [blocks] { bias[4], -shift[4] } */
} es_channels_mve_params;

/* Four elements of a window. */
ES_INLINE int32x4_t mve_channels_load(es_type type, const uint8_t *x)
{
    if (es_size(type) == 1) {
        return type == ES_INT8 ? vldrbq_s32((const int8_t *)x) : vreinterpretq_s32_u32(vldrbq_u32(x));
    }
    if (type == ES_INT16) {
        return vldrhq_s32((const int16_t *)(const void *)x);
    }
    return vreinterpretq_s32_u32(vldrhq_u32((const uint16_t *)(const void *)x));
}

/* One frame in; true if a frame came out, false (y untouched) where none is due. y: NULL where it is not wanted. */
ES_INLINE bool es_channels_mve(const es_channels_mve_params *p, void *state, const void *x, void *y)
{
    const int16_t *weight = p->weight;
    const int32_t *table = p->table;
    bool due;
    const uint8_t *window = mve_take(&p->line, state, (const uint8_t *)x, &due);

    if (!due || y == NULL) {
        return due;
    }
    for (uint32_t c = 0; c < p->channels; c += 4, table += 8) {
        const uint8_t *at = window + c * es_size(p->line.x_type);
        int32x4_t sums = vldrwq_s32(table);

        for (uint32_t k = 0; k < p->kernel; k++, weight += 4, at += p->line.frame_bytes) {
            sums = vaddq_s32(sums, vmulq_s32(mve_channels_load(p->line.x_type, at), vldrhq_s32(weight)));
        }
        sums = vshlq_s32(sums, vldrwq_s32(table + 4));
        sums = vminq_s32(vmaxq_s32(sums, vdupq_n_s32(p->low)), vdupq_n_s32(p->high));
        mve_store(y, p->y_type, c, sums, p->channels - c);
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
