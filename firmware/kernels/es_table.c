#include "es_table.h"

ES_KERNEL bool es_table(const es_table_params *p, const void *x, void *y)
{
    for (size_t i = 0; i < p->elements; i++) {
        const size_t place = (size_t)(es_load(x, p->x_type, i) - p->least);

        es_store(y, p->y_type, i, es_load(p->values, p->y_type, place));
    }
    return true;
}
