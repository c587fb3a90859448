#include "es_threshold.h"

ES_KERNEL bool es_threshold(const es_threshold_params *p, const void *x, void *y)
{
    for (size_t i = 0, k = 0; i < p->elements; i++) {
        ((uint8_t *)y)[i] = es_load(x, p->x_type, i) > es_load(p->level, p->x_type, k);
        k = k + 1 < p->levels ? k + 1 : 0;
    }
    return true;
}
