#include "es_window.h"

#include <string.h>

/* Frames that lie side by side come out in two pieces: from the oldest to the ring's end, and from its start. */
static void window_join_all(const uint8_t *ring, size_t slots, size_t frame, size_t oldest, uint8_t *y)
{
    const size_t tail = (slots - oldest) * frame;

    memcpy(y, ring + oldest * frame, tail);
    memcpy(y + tail, ring, oldest * frame);
}

static void window_join_taps(const es_window_params *p, const uint8_t *ring, size_t slots, size_t oldest, uint8_t *y)
{
    size_t slot = oldest;

    for (size_t k = 0; k < p->kernel; k++) {
        for (size_t r = 0; r < p->rows; r++) {
            memcpy(y + (r * p->kernel + k) * p->row_bytes, ring + (slot * p->rows + r) * p->row_bytes, p->row_bytes);
        }
        slot += p->dilation;
        slot -= slot < slots ? 0 : slots;
    }
}

ES_KERNEL bool es_window(const es_window_params *p, void *state, const void *x, void *y)
{
    es_window_state *s = (es_window_state *)state;
    uint8_t *ring = (uint8_t *)(s + 1);
    const size_t frame = (size_t)p->rows * p->row_bytes;
    const uint32_t slots = (p->kernel - 1) * p->dilation + 1;

    memcpy(ring + s->at * frame, x, frame);
    s->at = s->at + 1 < slots ? s->at + 1 : 0;
    s->phase++;
    if (s->phase < p->stride) {
        return false;
    }
    s->phase = 0;
    if (y == NULL) {
        return true;
    }
    if (p->dilation == 1 && p->rows == 1) {
        window_join_all(ring, slots, frame, s->at, (uint8_t *)y);
    } else {
        window_join_taps(p, ring, slots, s->at, (uint8_t *)y);
    }
    return true;
}
