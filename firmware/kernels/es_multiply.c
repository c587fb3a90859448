#include "es_multiply.h"

/* Products are taken modulo 2^32, which nothing can overflow and which gives exactly what fits y's type. */
ES_KERNEL bool es_multiply(const es_multiply_params *p, const void *x0, const void *x1, void *y)
{
    for (size_t i = 0; i < p->elements; i++) {
        const uint32_t product = (uint32_t)es_load(x0, p->x0_type, i) * (uint32_t)es_load(x1, p->x1_type, i);

        es_store(y, p->y_type, i, product);
    }
    return true;
}
