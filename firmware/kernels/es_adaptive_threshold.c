#include "es_adaptive_threshold.h"

#include "es_fixed.h"

ES_KERNEL bool es_adaptive_threshold(const es_adaptive_threshold_params *p, const void *x0, const void *x1, void *y)
{
    for (size_t i = 0; i < p->elements; i++) {
        const int64_t level = es_shift((int64_t)p->factor * es_load(x1, p->x1_type, i), p->shift);

        ((uint8_t *)y)[i] = es_load(x0, p->x0_type, i) > level;
    }
    return true;
}
