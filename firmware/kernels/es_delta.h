/* up = x - r > threshold, down = r - x > threshold;  r <- r + threshold * (up - down)
 *
 * Delta modulation to spikes. x: [rows][channels], y: [rows][2][channels], the ups, then the downs, each 0 or 1.
 * Ranges: thresholds of 1 or more. State: r of x's type [rows][channels], zeros at first; r stays within x's range.
 */
#ifndef ES_DELTA_H
#define ES_DELTA_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t channels;
    es_type x_type;
    es_type y_type;
    const uint32_t *threshold; /* [channels] */
} es_delta_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_delta(const es_delta_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
