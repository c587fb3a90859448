/* y[t][i] = c if c is an event of es_peak and the first greatest of its neighbours, else 0;  c = x[t - reach][i]
 *
 * It is if, in the `reach` frames on both sides and its own, no value of a neighbour of i that comes before c reaches
 * it and none that comes after exceeds it. Values come frame by frame, channel 0 first. An event silences its own
 * channel for `refractory` frames; what a neighbour suppresses is no event.
 *
 * x, y: [channels], alone.elements of them. Ranges: as es_peak. State: that of es_peak; zeros at first.
 */
#ifndef ES_LOCAL_PEAK_H
#define ES_LOCAL_PEAK_H

#include "es_peak.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    es_peak_params alone;
    const uint8_t *neighbours; /* [channels][channels]: row i marks the neighbours of channel i, which is none */
} es_local_peak_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_local_peak(const es_local_peak_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
