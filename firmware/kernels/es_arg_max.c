#include "es_arg_max.h"

static size_t arg_max_row(const void *x, es_type type, size_t from, size_t width)
{
    size_t best = 0;

    for (size_t k = 1; k < width; k++) {
        if (es_load(x, type, from + k) > es_load(x, type, from + best)) {
            best = k;
        }
    }
    return best;
}

ES_KERNEL bool es_arg_max(const es_arg_max_params *p, const void *x, void *y)
{
    for (size_t r = 0; r < p->rows; r++) {
        es_store(y, p->y_type, r, (int64_t)arg_max_row(x, p->x_type, r * p->width, p->width));
    }
    return true;
}
