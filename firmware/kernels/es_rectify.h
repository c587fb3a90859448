/* y = |x|
 *
 * x, y: [elements], any types. Ranges: y's type is unsigned and holds the magnitude of x's least value. State: none.
 */
#ifndef ES_RECTIFY_H
#define ES_RECTIFY_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    es_type x_type;
    es_type y_type;
} es_rectify_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_rectify(const es_rectify_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
