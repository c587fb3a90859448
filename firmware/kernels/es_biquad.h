/* y[t] = saturate((b0*x[t] + b1*x[t-1] + b2*x[t-2] - a1*y[t-1] - a2*y[t-2]) >> fraction)
 *
 * A cascade of second-order sections in direct form I, each element filtered by itself. The first section reads
 * x << guard, each next one what the section before it wrote.
 *
 * x, y: [elements]. Ranges: x << guard and y of 28 bits at most, coefficients of 16 bits, fraction 0 to 15,
 * guard 0 to 27; so a sum needs 47 bits, and the accumulator has 64.
 * State: int32_t[sections][elements][4], the x[t-1], x[t-2], y[t-1], y[t-2] of each; zeros at first.
 */
#ifndef ES_BIQUAD_H
#define ES_BIQUAD_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t sections;
    uint32_t guard;
    uint32_t fraction;
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type y_type;
    const int16_t *coefficients; /* [sections][5]: b0, b1, b2, a1, a2 */
} es_biquad_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_biquad(const es_biquad_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
