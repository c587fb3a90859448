#include "es_max_pool.h"

#include <string.h>

/* The ring holds what counts and nothing else, so its order does not matter. */
static int64_t max_pool_greatest(const es_max_pool_params *p, const void *ring, size_t i)
{
    int64_t best = es_load(ring, p->type, i);

    for (size_t k = 1; k < p->kernel; k++) {
        const int64_t other = es_load(ring, p->type, k * p->elements + i);

        best = other > best ? other : best;
    }
    return best;
}

ES_KERNEL bool es_max_pool(const es_max_pool_params *p, void *state, const void *x, void *y)
{
    es_max_pool_state *s = (es_max_pool_state *)state;
    uint8_t *ring = (uint8_t *)(s + 1);
    const size_t frame = p->elements * es_size(p->type);

    memcpy(ring + s->at * frame, x, frame);
    s->at = s->at + 1 < p->kernel ? s->at + 1 : 0;
    s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    if (s->phase != 0) {
        return false;
    }
    for (size_t i = 0; y != NULL && i < p->elements; i++) {
        es_store(y, p->type, i, max_pool_greatest(p, ring, i));
    }
    return true;
}
