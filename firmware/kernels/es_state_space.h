/* s <- saturate((a s + b x) >> fraction);  y = s
 *
 * A step of a linear state-space model, such as a steady-state Kalman filter. x: [inputs], y: [states].
 * Ranges: coefficients of 16 bits, fraction 0 to 31; the compiler proves that every partial sum has 48 bits.
 * State: int32_t s[states], zeros at first.
 */
#ifndef ES_STATE_SPACE_H
#define ES_STATE_SPACE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t states;
    uint32_t inputs;
    uint32_t fraction;
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type y_type;
    const int16_t *coefficients; /* [states][states + inputs]: a row of a, then that row of b */
} es_state_space_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_state_space(const es_state_space_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
