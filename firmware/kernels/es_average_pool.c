#include "es_average_pool.h"

#include <string.h>

/* Sums are taken modulo 2^32, which nothing can overflow and which gives exactly the result that fits y's type. */
ES_KERNEL bool es_average_pool(const es_average_pool_params *p, void *state, const void *x, void *y)
{
    es_average_pool_state *s = (es_average_pool_state *)state;
    uint32_t *sum = (uint32_t *)(s + 1);
    uint8_t *ring = (uint8_t *)(sum + p->elements);
    const size_t frame = p->elements * es_size(p->x_type);
    uint8_t *slot = ring + s->at * frame;

    for (size_t i = 0; i < p->elements; i++) {
        sum[i] += (uint32_t)es_load(x, p->x_type, i) - (uint32_t)es_load(slot, p->x_type, i);
    }
    memcpy(slot, x, frame);
    s->at = s->at + 1 < p->kernel ? s->at + 1 : 0;
    s->phase++;
    if (s->phase < p->stride) {
        return false;
    }
    s->phase = 0;
    for (size_t i = 0; i < p->elements; i++) {
        es_store(y, p->y_type, i, sum[i]);
    }
    return true;
}
