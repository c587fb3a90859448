/* y[r][c] = x[r][c] - ((reciprocal * sum_k x[r][k]) >> 16)
 *
 * The common average reference: what all channels of a line share is taken away. x, y: [rows][channels].
 * Ranges: 4096 channels at most; reciprocal = (2^16 + channels / 2) / channels, so that the product has 49 bits.
 * State: none.
 */
#ifndef ES_COMMON_AVERAGE_H
#define ES_COMMON_AVERAGE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t channels;
    uint32_t reciprocal;
    es_type x_type;
    es_type y_type;
} es_common_average_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_common_average(const es_common_average_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
