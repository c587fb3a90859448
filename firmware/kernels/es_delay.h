/* y[t] = x[t - frames]
 *
 * x, y: frames of frame_bytes. Ranges: frames of 1 or more.
 * State: es_delay_state, then the ring: [frames][frame_bytes]; zeros at first.
 */
#ifndef ES_DELAY_H
#define ES_DELAY_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t frames;
    uint32_t frame_bytes;
} es_delay_params;

typedef struct {
    uint32_t at; /* slot of the oldest frame, where the next one goes */
} es_delay_state;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_delay(const es_delay_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
