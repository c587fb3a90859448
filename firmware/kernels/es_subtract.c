#include "es_subtract.h"

/* Differences are taken modulo 2^32, which nothing can overflow and which gives exactly what fits y's type. */
ES_KERNEL bool es_subtract(const es_subtract_params *p, const void *x0, const void *x1, void *y)
{
    for (size_t i = 0; i < p->elements; i++) {
        const uint32_t a = (uint32_t)es_load(x0, p->x0_type, i) << p->left0;
        const uint32_t b = (uint32_t)es_load(x1, p->x1_type, i) << p->left1;

        es_store(y, p->y_type, i, a - b);
    }
    return true;
}
