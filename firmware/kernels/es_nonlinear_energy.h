/* y[t] = x[t-1]^2 - x[t] * x[t-2], element by element
 *
 * x, y: [elements]. Ranges: x of 16 bits signed at most, so that y fits 32.
 * State: the last two frames, the older one first: [2][elements] of x; zeros at first.
 */
#ifndef ES_NONLINEAR_ENERGY_H
#define ES_NONLINEAR_ENERGY_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    es_type x_type;
    es_type y_type;
} es_nonlinear_energy_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_nonlinear_energy(const es_nonlinear_energy_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
