#include "es_slice.h"

#include <string.h>

ES_KERNEL bool es_slice(const es_slice_params *p, const void *x, void *y)
{
    const uint8_t *from = (const uint8_t *)x + p->start_bytes;
    uint8_t *to = (uint8_t *)y;

    for (size_t r = 0; r < p->rows; r++) {
        memcpy(to + r * p->bytes, from + r * p->row_bytes, p->bytes);
    }
    return true;
}
