/* y[t] = sum over s = t - window + 1, ..., t of max(0, x0[t] . x1[s]) * x2[s]
 *
 * Attention over the last frames with a rectified score; x0 is the query, x1 the key and x2 the value.
 * x0, x1: [inputs], x2, y: [outputs]. Ranges: window of 1 or more; the compiler proves that every score fits uint32_t
 * and every result y's type.
 * State: es_attention_state, uint32_t score[window], then the rings: x1's type [window][inputs], up to a multiple of 4
 * bytes, and x2's type [window][outputs]; zeros at first.
 */
#ifndef ES_ATTENTION_H
#define ES_ATTENTION_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t window;
    uint32_t inputs;
    uint32_t outputs;
    es_type x0_type;
    es_type x1_type;
    es_type x2_type;
    es_type y_type;
} es_attention_params;

typedef struct {
    uint32_t at; /* slot of the oldest frame, where the next one goes */
} es_attention_state;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_attention(const es_attention_params *p, void *state, const void *x0, const void *x1, const void *x2, void *y);

#ifdef __cplusplus
}
#endif

#endif
