#include "es_common_average.h"

#include "es_fixed.h"

ES_KERNEL bool es_common_average(const es_common_average_params *p, const void *x, void *y)
{
    for (size_t first = 0; first < (size_t)p->rows * p->channels; first += p->channels) {
        const size_t past = first + p->channels;
        int64_t sum = 0;
        int64_t mean;

        for (size_t i = first; i < past; i++) {
            sum += es_load(x, p->x_type, i);
        }
        mean = es_shift(p->reciprocal * sum, 16);
        for (size_t i = first; i < past; i++) {
            es_store(y, p->y_type, i, es_load(x, p->x_type, i) - mean);
        }
    }
    return true;
}
