/* y = 1 if x > level, else 0
 *
 * x: [elements], any type. y: [elements], uint8_t.
 * level: of x's type, one for all, or one for each of the last axis' `levels` elements. State: none.
 */
#ifndef ES_THRESHOLD_H
#define ES_THRESHOLD_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t levels; /* 1, or the width of the last axis */
    es_type x_type;
    const void *level; /* [levels] */
} es_threshold_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_threshold(const es_threshold_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
