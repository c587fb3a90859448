#include "es_common_median.h"

/* How many elements of a line are `most` at most. */
static size_t median_rank(const es_common_median_params *p, const void *x, size_t first, int64_t most)
{
    size_t found = 0;

    for (size_t i = first; i < first + p->channels; i++) {
        found += es_load(x, p->x_type, i) <= most;
    }
    return found;
}

/* The lower median: the least value that more than (channels - 1) / 2 elements do not exceed. */
static int64_t median_of(const es_common_median_params *p, const void *x, size_t first)
{
    int64_t low = es_load(x, p->x_type, first);
    int64_t high = low;

    for (size_t i = first + 1; i < first + p->channels; i++) {
        const int64_t value = es_load(x, p->x_type, i);

        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (median_rank(p, x, first, middle) > (p->channels - 1) / 2) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

ES_KERNEL bool es_common_median(const es_common_median_params *p, const void *x, void *y)
{
    for (size_t first = 0; first < (size_t)p->rows * p->channels; first += p->channels) {
        const int64_t m = median_of(p, x, first);

        for (size_t i = first; i < first + p->channels; i++) {
            es_store(y, p->y_type, i, es_load(x, p->x_type, i) - m);
        }
    }
    return true;
}
