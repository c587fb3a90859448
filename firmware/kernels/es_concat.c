#include "es_concat.h"

/* y[at + k] = x[from + k] for `count` elements */
static void concat_copy(
    const es_concat_params *p, void *y, size_t at, const void *x, es_type x_type, size_t from, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        es_store(y, p->y_type, at + k, es_load(x, x_type, from + k));
    }
}

ES_KERNEL bool es_concat(const es_concat_params *p, const void *x0, const void *x1, void *y)
{
    const size_t width0 = p->width0, width1 = p->width1;

    for (size_t r = 0; r < p->rows; r++) {
        const size_t row = r * (width0 + width1);

        concat_copy(p, y, row, x0, p->x0_type, r * width0, width0);
        concat_copy(p, y, row + width0, x1, p->x1_type, r * width1, width1);
    }
    return true;
}
