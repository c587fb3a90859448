/* y = u >> shift;  then u <- u + rise if |x| > y, else max(u - fall, 0)
 *
 * The noise level of each element. x, y: [elements].
 * Ranges: shift 0 to 31; the compiler proves that (max|x| << shift) - 1 + rise, the greatest u, has 32 bits.
 * State: uint32_t u[elements], zeros at first.
 */
#ifndef ES_NOISE_H
#define ES_NOISE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t rise;
    uint32_t fall;
    uint32_t shift;
    es_type x_type;
    es_type y_type;
} es_noise_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_noise(const es_noise_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
