#include "es_noise.h"

ES_KERNEL bool es_noise(const es_noise_params *p, void *state, const void *x, void *y)
{
    uint32_t *u = (uint32_t *)state;

    for (size_t i = 0; i < p->elements; i++) {
        const int64_t value = es_load(x, p->x_type, i);
        const int64_t magnitude = value < 0 ? -value : value;
        const uint32_t level = u[i] >> p->shift;

        es_store(y, p->y_type, i, level);
        if (magnitude > level) {
            u[i] += p->rise;
        } else {
            u[i] -= u[i] < p->fall ? u[i] : p->fall;
        }
    }
    return true;
}
