#include "es_hard_sigmoid.h"

#include "es_fixed.h"

ES_KERNEL bool es_hard_sigmoid(const es_hard_sigmoid_params *p, const void *x, void *y)
{
    const int64_t half = (int64_t)(UINT64_C(1) << (p->bits - 1));

    for (size_t i = 0; i < p->elements; i++) {
        const int64_t value = es_shift(es_load(x, p->x_type, i), p->shift) + half;

        es_store(y, p->y_type, i, es_saturate(value, 0, 2 * half - 1));
    }
    return true;
}
