#include "es_gate.h"

static uint8_t gate_is_above(const es_gate_params *p, const void *x)
{
    for (size_t i = 0, k = 0; i < p->elements; i++) {
        const int64_t value = es_load(x, p->x_type, i);
        const int64_t level = p->level[k];

        if (value > level || value < -level) {
            return 1;
        }
        k = k + 1 < p->levels ? k + 1 : 0;
    }
    return 0;
}

/* Frames for which a 1 still counts, one later: `frames` if it comes now. */
static uint32_t gate_hold(uint32_t left, uint8_t comes, uint32_t frames)
{
    if (comes != 0) {
        return frames;
    }
    return left > 0 ? left - 1 : 0;
}

ES_KERNEL bool es_gate(const es_gate_params *p, void *state, const void *x, void *y)
{
    es_gate_state *s = (es_gate_state *)state;
    uint8_t *slot = (uint8_t *)(s + 1) + s->at;
    const uint8_t comes = gate_is_above(p, x);

    s->wakes = gate_hold(s->wakes, comes, p->ahead + p->frames);
    s->opens = gate_hold(s->opens, *slot, p->frames);
    *slot = comes;
    s->at = s->at + 1 < p->ahead ? s->at + 1 : 0;
    if (s->wakes == 0) {
        s->awake = 0;
    } else if (s->awake <= p->ahead) {
        s->awake++;
    }
    s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    if (s->phase != 0) {
        return false;
    }
    *(uint8_t *)y = s->opens > 0;
    return true;
}
