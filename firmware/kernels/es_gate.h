/* y[t] = 1 if x was 1 in one of `frames` frames, the last of them `ahead` frames ago, else 0, for every stride-th t
 *
 * Delay and MaxPool of one bit, in a time that does not depend on how long they are. The network behind the gate wakes
 * with a 1 of x, `ahead` frames before the gate opens, and sleeps again when the gate has closed.
 * x, y: one uint8_t, 0 or 1. Ranges: frames, ahead, stride of 1 or more; ahead + frames below 2^32.
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
} es_gate_params;

typedef struct {
    uint32_t awake; /* frames since the network woke, this one included, ahead + 1 at most; 0 while it sleeps */
    uint32_t wakes; /* frames for which it stays awake without a further 1 */
    uint32_t opens; /* the same for the gate */
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t phase; /* frames since the last one that came out */
} es_gate_state;

/* One frame in; true if a frame came out, false (y untouched) where none is due. */
bool es_gate(const es_gate_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
