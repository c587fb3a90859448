/* y[t] = c if c > threshold and c is the peak and the refractory time is over, else 0;  c = x[t - reach]
 *
 * c is the peak if it exceeds each of the `reach` frames before it and none of the `reach` frames after it exceeds
 * c: of equal neighbours the first one counts. After an event the element stays silent for `refractory` frames.
 * Each element is picked by itself.
 *
 * x, y: [elements]. Ranges: reach of 1 or more, thresholds from 0 to x's greatest value.
 * State: es_peak_state, uint32_t wait[elements], then the ring: x's type [2 * reach + 1][elements]; zeros at first.
 */
#ifndef ES_PEAK_H
#define ES_PEAK_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    uint32_t reach;
    uint32_t refractory;
    es_type x_type;
    es_type y_type;
    const uint32_t *threshold; /* [elements] */
} es_peak_params;

typedef struct {
    uint32_t at; /* slot of the oldest frame, where the next one goes */
} es_peak_state;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_peak(const es_peak_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
