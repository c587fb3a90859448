/* y[t] = x[(t + 1) / factor - 1], x[-1] = 0: each frame is repeated until the next one arrives
 *
 * x, y: frames of frame_bytes. Called at the output's rate, with x = NULL where no frame arrives.
 * State: the last frame; zeros at first.
 */
#ifndef ES_UPSAMPLE_H
#define ES_UPSAMPLE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t frame_bytes;
} es_upsample_params;

/* One frame out; always true. */
ES_KERNEL bool es_upsample(const es_upsample_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
