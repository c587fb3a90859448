#include "es_local_peak.h"

/* True if no neighbour has a value in the ring that forestalls channel i's value `c` in its middle. */
static bool local_peak_is_first(const es_local_peak_params *p, const void *ring, uint32_t oldest, size_t i, int64_t c)
{
    const uint32_t reach = p->alone.reach, slots = 2 * reach + 1;
    const size_t channels = p->alone.elements;

    for (uint32_t k = 0; k < slots; k++) {
        for (size_t j = 0; j < channels; j++) {
            const int64_t other = es_load(ring, p->alone.x_type, (oldest + k) % slots * channels + j);
            const bool before = k < reach || (k == reach && j < i);

            if (p->neighbours[i * channels + j] != 0 && (before ? other >= c : other > c)) {
                return false;
            }
        }
    }
    return true;
}

ES_KERNEL bool es_local_peak(const es_local_peak_params *p, void *state, const void *x, void *y)
{
    const es_peak_state *s = (const es_peak_state *)state;
    uint32_t *wait = (uint32_t *)((es_peak_state *)state + 1);
    const void *ring = wait + p->alone.elements;

    es_peak(&p->alone, state, x, y);
    for (size_t i = 0; i < p->alone.elements; i++) {
        const int64_t c = es_load(y, p->alone.y_type, i);

        if (c > 0 && !local_peak_is_first(p, ring, s->at, i, c)) {
            es_store(y, p->alone.y_type, i, 0);
            wait[i] = 0; /* nor does it silence the channel: it was free before */
        }
    }
    return true;
}
