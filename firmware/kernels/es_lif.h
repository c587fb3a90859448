/* u <- saturate(u - (u >> leak) + x + recurrent @ s);  y = s <- u > threshold;  u <- u - threshold * s
 *
 * Leaky integrate-and-fire neurons. The sum takes the spikes s of the frame before. After a spike an element stays
 * silent for `refractory` frames, but goes on integrating.
 *
 * x: [elements], y: uint8_t [elements] of 0 and 1, recurrent: [elements][elements], row = target, or NULL.
 * Ranges: low and high of 32 bits signed, thresholds of 1 to high, leaks of 1 to 15, at most 65536 elements; the
 * compiler proves that x + recurrent @ s takes 32 bits at most. State: int32_t u[elements], uint32_t wait[elements], and
 * where there is feedback which elements spiked in the frame before: uint32_t count, uint16_t spiked[elements]; zeros
 * at first.
 */
#ifndef ES_LIF_H
#define ES_LIF_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t refractory;
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type recurrent_type;
    const uint8_t *leak;      /* [elements] */
    const int32_t *threshold; /* [elements] */
    const void *recurrent;
} es_lif_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_lif(const es_lif_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
