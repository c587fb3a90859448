/* y[t] = part (t + 1) % factor of x[(t + 1) / factor - 1], x[-1] = 0: the parts of a frame one after the other
 *
 * x: [rows][factor][part_bytes], y: [rows][part_bytes]. Called at the rate of the output, with x = NULL where no
 * frame arrives; one arrives at every factor-th call.
 * State: es_depth_to_time_state, then the last frame; zeros at first.
 */
#ifndef ES_DEPTH_TO_TIME_H
#define ES_DEPTH_TO_TIME_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t factor;
    uint32_t rows;
    uint32_t part_bytes;
} es_depth_to_time_params;

typedef struct {
    uint32_t part; /* which one came out last */
} es_depth_to_time_state;

/* One frame out; always true. */
ES_KERNEL bool es_depth_to_time(const es_depth_to_time_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
