/* y = saturate((x >> shift) + 2^(bits - 1)) to `bits` bits, unsigned
 *
 * x, y: [elements], any types that hold them. Ranges: shift of 0 to 47, bits of 1 to 31. State: none.
 */
#ifndef ES_HARD_SIGMOID_H
#define ES_HARD_SIGMOID_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t shift;
    uint32_t bits;
    es_type x_type;
    es_type y_type;
} es_hard_sigmoid_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_hard_sigmoid(const es_hard_sigmoid_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
