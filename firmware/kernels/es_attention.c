#include "es_attention.h"

#include <string.h>

/* max(0, query . key), the key that of a slot */
static uint32_t attention_score(const es_attention_params *p, const void *query, const void *keys, size_t slot)
{
    int64_t sum = 0;

    for (size_t i = 0; i < p->inputs; i++) {
        sum += es_load(query, p->x0_type, i) * es_load(keys, p->x1_type, slot * p->inputs + i);
    }
    return sum > 0 ? (uint32_t)sum : 0;
}

ES_KERNEL bool es_attention(const es_attention_params *p, void *state, const void *x0, const void *x1, const void *x2, void *y)
{
    es_attention_state *s = (es_attention_state *)state;
    uint32_t *score = (uint32_t *)(s + 1);
    uint8_t *keys = (uint8_t *)(score + p->window);
    const size_t key_bytes = p->inputs * es_size(p->x1_type), value_bytes = p->outputs * es_size(p->x2_type);
    uint8_t *values = keys + (p->window * key_bytes + 3) / 4 * 4;

    memcpy(keys + s->at * key_bytes, x1, key_bytes);
    memcpy(values + s->at * value_bytes, x2, value_bytes);
    s->at = s->at + 1 < p->window ? s->at + 1 : 0;
    for (size_t slot = 0; slot < p->window; slot++) {
        score[slot] = attention_score(p, x0, keys, slot);
    }
    for (size_t o = 0; o < p->outputs; o++) {
        int64_t sum = 0;

        for (size_t slot = 0; slot < p->window; slot++) {
            sum += score[slot] * es_load(values, p->x2_type, slot * p->outputs + o);
        }
        es_store(y, p->y_type, o, sum);
    }
    return true;
}
