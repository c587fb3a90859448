/* y[t] = max(x[t - kernel + 1], ..., x[t]), for every stride-th t, element by element
 *
 * x, y: [elements], of one type. Ranges: kernel, stride of 1 or more.
 * State: es_max_pool_state, then the ring: [kernel][elements]; zeros at first.
 */
#ifndef ES_MAX_POOL_H
#define ES_MAX_POOL_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t kernel;
    uint32_t stride;
    es_type type;
} es_max_pool_params;

typedef struct {
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t phase; /* frames since the last one that came out */
} es_max_pool_state;

/* One frame in; true if a frame came out, false (y untouched) where none is due. y NULL: the frame is taken, nothing is
 * computed; returns the same. */
ES_KERNEL bool es_max_pool(const es_max_pool_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
