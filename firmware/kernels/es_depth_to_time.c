#include "es_depth_to_time.h"

#include <string.h>

ES_KERNEL bool es_depth_to_time(const es_depth_to_time_params *p, void *state, const void *x, void *y)
{
    es_depth_to_time_state *s = (es_depth_to_time_state *)state;
    uint8_t *held = (uint8_t *)(s + 1);

    s->part = s->part + 1 < p->factor ? s->part + 1 : 0;
    if (x != NULL) {
        memcpy(held, x, (size_t)p->rows * p->factor * p->part_bytes);
    }
    for (size_t r = 0; r < p->rows; r++) {
        memcpy((uint8_t *)y + r * p->part_bytes, held + (r * p->factor + s->part) * p->part_bytes, p->part_bytes);
    }
    return true;
}
