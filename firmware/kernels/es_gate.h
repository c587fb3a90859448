/* y[t] = 1 if |x[i]| was above level[i] for some i in one of `frames` frames, the last of them `ahead` frames ago, else 0;
 * for every stride-th t
 *
 * Rectify, Threshold, Delay and MaxPool, and what joins channels, in a time that does not depend on frames and ahead. The
 * network behind the gate wakes with a frame above the level, `ahead` frames before the gate opens, and sleeps again when
 * the gate has closed.
 * x: [elements], y: one uint8_t, 0 or 1. Element i has level i modulo levels.
 * Ranges: elements, levels, frames, ahead, stride of 1 or more; ahead + frames below 2^32.
 * State: es_gate_state, then the ring: uint8_t[ahead]; zeros at first.
 */
#ifndef ES_GATE_H
#define ES_GATE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t frames;
    uint32_t ahead;
    uint32_t stride;
    uint32_t elements;
    uint32_t levels;
    es_type x_type;
    const uint32_t *level; /* [levels] */
} es_gate_params;

typedef struct {
    uint32_t awake; /* frames since the network woke, this one included, ahead + 1 at most; 0 while it sleeps */
    uint32_t wakes; /* frames for which it stays awake without a further frame above */
    uint32_t opens; /* the same for the gate */
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t phase; /* frames since the last one that came out */
} es_gate_state;

/* One frame in; true if a frame came out, false (y untouched) where none is due. */
ES_KERNEL bool es_gate(const es_gate_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
