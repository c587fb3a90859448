#include "es_line.h"

ES_KERNEL bool es_line(const es_line_params *p, void *state, const void *x, const void **window)
{
    es_line_state *s = (es_line_state *)state;
    const size_t kernel_bytes = (size_t)p->kernel * p->row_bytes;
    const size_t slot = (size_t)s->at * p->row_bytes;
    uint8_t *ring = (uint8_t *)(s + 1) + (size_t)s->ring * p->rows * 2 * kernel_bytes;
    const uint8_t *from = (const uint8_t *)x;

    *window = ring + slot + p->row_bytes;
    for (size_t r = 0; r < p->rows; r++, ring += 2 * kernel_bytes) {
        for (uint8_t *to = ring + slot; to < ring + slot + p->row_bytes; to++) {
            to[0] = *from;
            to[kernel_bytes] = *from++;
        }
    }
    s->ring = s->ring + 1 < p->dilation ? s->ring + 1 : 0;
    if (s->ring == 0) {
        s->at = s->at + 1 < p->kernel ? s->at + 1 : 0;
    }
    s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    return s->phase == 0;
}
