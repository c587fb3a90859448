/* y[r][c] = x[r][c] - m,  m = the lower median of x[r][...]: element (channels - 1) / 2 of the sorted ones
 *
 * The common median reference. x, y: [rows][channels]. The median is found by bisection of the line's range, with no
 * scratch: a pass over the line for each bit of the range at most. Ranges: 1 channel or more. State: none.
 */
#ifndef ES_COMMON_MEDIAN_H
#define ES_COMMON_MEDIAN_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t channels;
    es_type x_type;
    es_type y_type;
} es_common_median_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_common_median(const es_common_median_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
