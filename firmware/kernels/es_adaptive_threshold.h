/* y = 1 if x0 > ((factor * x1) >> shift), rounding to minus infinity, else 0
 *
 * x0, x1: [elements], any types. y: [elements], uint8_t. Ranges: factor of 1 to 2^15, shift of 0 to 31. State: none.
 */
#ifndef ES_ADAPTIVE_THRESHOLD_H
#define ES_ADAPTIVE_THRESHOLD_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t factor;
    uint32_t shift;
    es_type x0_type;
    es_type x1_type;
} es_adaptive_threshold_params;

/* A frame of each input in, one frame out; always true. */
ES_KERNEL bool es_adaptive_threshold(const es_adaptive_threshold_params *p, const void *x0, const void *x1, void *y);

#ifdef __cplusplus
}
#endif

#endif
