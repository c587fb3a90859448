/* y = saturate(x >> shift), rounding to minus infinity.
 *
 * x, y: [elements], any types. shift: one for all, or one for each of the last axis' `shifts` elements; 0 to 47.
 * low, high: the bounds of y, which its type holds. State: none.
 */
#ifndef ES_REQUANT_H
#define ES_REQUANT_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t shifts; /* 1, or the width of the last axis */
    int64_t low;
    int64_t high;
    es_type x_type;
    es_type y_type;
    const uint8_t *shift; /* [shifts] */
} es_requant_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_requant(const es_requant_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
