#include "es_rectify.h"

ES_KERNEL bool es_rectify(const es_rectify_params *p, const void *x, void *y)
{
    for (size_t i = 0; i < p->elements; i++) {
        const int64_t value = es_load(x, p->x_type, i);

        es_store(y, p->y_type, i, value < 0 ? -value : value);
    }
    return true;
}
