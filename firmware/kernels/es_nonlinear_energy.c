#include "es_nonlinear_energy.h"

#include <string.h>

/* 32 bits are enough: products of 16-bit values lie between -2^30 + 2^15 and 2^30, so y is at most 2^31 - 2^15. */
ES_KERNEL bool es_nonlinear_energy(const es_nonlinear_energy_params *p, void *state, const void *x, void *y)
{
    const size_t frame = p->elements * es_size(p->x_type);
    uint8_t *oldest = (uint8_t *)state;
    uint8_t *centre = oldest + frame;

    for (size_t i = 0; i < p->elements; i++) {
        const int32_t a = (int32_t)es_load(oldest, p->x_type, i);
        const int32_t b = (int32_t)es_load(centre, p->x_type, i);
        const int32_t c = (int32_t)es_load(x, p->x_type, i);

        es_store(y, p->y_type, i, b * b - a * c);
    }
    memcpy(oldest, centre, frame);
    memcpy(centre, x, frame);
    return true;
}
