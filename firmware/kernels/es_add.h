/* y = (x0 << left0) + (x1 << left1)
 *
 * x0, x1, y: [elements], any types. Ranges: the compiler proves that every sum fits y's type. State: none.
 */
#ifndef ES_ADD_H
#define ES_ADD_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t left0; /* 0 to 31 */
    uint32_t left1;
    es_type x0_type;
    es_type x1_type;
    es_type y_type;
} es_add_params;

/* A frame of each input in, one frame out; always true. */
ES_KERNEL bool es_add(const es_add_params *p, const void *x0, const void *x1, void *y);

#ifdef __cplusplus
}
#endif

#endif
