/* y[t] = x[t - kernel + 1] + ... + x[t], for every stride-th t, element by element: a running sum
 *
 * x, y: [elements]. Ranges: kernel, stride of 1 or more; the compiler proves that every sum fits the type of y.
 * State: es_average_pool_state, uint32_t sum[elements], then the ring: [kernel][elements] of x; zeros at first.
 */
#ifndef ES_AVERAGE_POOL_H
#define ES_AVERAGE_POOL_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t kernel;
    uint32_t stride;
    es_type x_type;
    es_type y_type;
} es_average_pool_params;

typedef struct {
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t phase; /* frames since the last one that came out */
} es_average_pool_state;

/* One frame in; true if a frame came out, false (y untouched) where none is due. */
ES_KERNEL bool es_average_pool(const es_average_pool_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
