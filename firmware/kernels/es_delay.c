#include "es_delay.h"

#include <string.h>

ES_KERNEL bool es_delay(const es_delay_params *p, void *state, const void *x, void *y)
{
    es_delay_state *s = (es_delay_state *)state;
    uint8_t *slot = (uint8_t *)(s + 1) + (size_t)s->at * p->frame_bytes;

    memcpy(y, slot, p->frame_bytes);
    memcpy(slot, x, p->frame_bytes);
    s->at = s->at + 1 < p->frames ? s->at + 1 : 0;
    return true;
}
