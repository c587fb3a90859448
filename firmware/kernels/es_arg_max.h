/* y[r] = the first k for which x[r][k] is greatest
 *
 * x: [rows][width], any type. y: [rows]. Ranges: y's type holds width - 1. State: none.
 */
#ifndef ES_ARG_MAX_H
#define ES_ARG_MAX_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t width;
    es_type x_type;
    es_type y_type;
} es_arg_max_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_arg_max(const es_arg_max_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
