/* y[r][o] = bias[o] + sum_i weight[o][i] * x[r][g(o) * inputs + i],  g(o) = o / outputs
 *
 * The arithmetic of every linear layer, on the last axis. x: [rows][groups * inputs], y: [rows][groups * outputs],
 * weight: [groups * outputs][inputs].
 * Ranges: the compiler proves that every result fits y's type. Sums are taken modulo 2^32, which nothing can
 * overflow and which gives exactly that result. State: none.
 */
#ifndef ES_DENSE_H
#define ES_DENSE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t groups;
    uint32_t outputs; /* of a group */
    uint32_t inputs;  /* of a group */
    es_type x_type;
    es_type y_type;
    es_type weight_type; /* ES_INT8, ES_INT16 or ES_INT32 */
    const void *weight;
    const int32_t *bias;
} es_dense_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_dense(const es_dense_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
