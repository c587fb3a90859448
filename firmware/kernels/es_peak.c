#include "es_peak.h"

#include <string.h>

ES_INLINE uint32_t peak_next(uint32_t slot, uint32_t slots)
{
    return slot + 1 < slots ? slot + 1 : 0;
}

/* True if element i's value `c` in the middle of the ring is the first greatest of the ring's frames. */
static bool peak_is_greatest(const es_peak_params *p, const void *ring, uint32_t oldest, size_t i, int64_t c)
{
    const uint32_t slots = 2 * p->reach + 1;
    uint32_t slot = oldest;

    for (uint32_t k = 0; k < slots; k++, slot = peak_next(slot, slots)) {
        const int64_t other = es_load(ring, p->x_type, (size_t)slot * p->elements + i);

        if (k < p->reach ? other >= c : other > c) {
            return false;
        }
    }
    return true;
}

ES_KERNEL bool es_peak(const es_peak_params *p, void *state, const void *x, void *y)
{
    es_peak_state *s = (es_peak_state *)state;
    uint32_t *wait = (uint32_t *)(s + 1);
    uint8_t *ring = (uint8_t *)(wait + p->elements);
    const uint32_t slots = 2 * p->reach + 1;
    const size_t frame = p->elements * es_size(p->x_type);
    uint32_t centre;

    memcpy(ring + s->at * frame, x, frame);
    centre = s->at + p->reach + 1 < slots ? s->at + p->reach + 1 : s->at + p->reach + 1 - slots;
    s->at = peak_next(s->at, slots);
    for (size_t i = 0; i < p->elements; i++) {
        const int64_t c = es_load(ring, p->x_type, (size_t)centre * p->elements + i);
        int64_t event = 0;

        if (wait[i] > 0) {
            wait[i]--;
        } else if (c > p->threshold[i] && peak_is_greatest(p, ring, s->at, i, c)) {
            wait[i] = p->refractory;
            event = c;
        }
        es_store(y, p->y_type, i, event);
    }
    return true;
}
