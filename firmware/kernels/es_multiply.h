/* y = x0 * x1
 *
 * x0, x1, y: [elements], any types. Ranges: the compiler proves that every product fits y's type. State: none.
 */
#ifndef ES_MULTIPLY_H
#define ES_MULTIPLY_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    es_type x0_type;
    es_type x1_type;
    es_type y_type;
} es_multiply_params;

/* A frame of each input in, one frame out; always true. */
ES_KERNEL bool es_multiply(const es_multiply_params *p, const void *x0, const void *x1, void *y);

#ifdef __cplusplus
}
#endif

#endif
