#include "es_lif.h"

#include "es_fixed.h"

/* The sum of the weights to one element from those that spiked. */
ES_INLINE int64_t lif_sum(const void *weight, es_type w, const uint16_t *spiked, size_t count)
{
    int64_t sum = 0;

    for (size_t k = 0; k < count; k++) {
        sum += es_load(weight, w, spiked[k]);
    }
    return sum;
}

/* The same for the element's row of the matrix, with its own code for weights of 8 bits. */
static int64_t lif_feedback(const es_lif_params *p, const uint16_t *spiked, size_t count, size_t element)
{
    const void *row = (const uint8_t *)p->recurrent + element * p->elements * es_size(p->recurrent_type);

    if (p->recurrent_type == ES_INT8) {
        return lif_sum(row, ES_INT8, spiked, count);
    }
    return lif_sum(row, p->recurrent_type, spiked, count);
}

/* The elements that spiked; how many there are. */
static uint32_t lif_list(const uint8_t *spikes, size_t elements, uint16_t *spiked)
{
    uint32_t count = 0;

    for (size_t i = 0; i < elements; i++) {
        if (spikes[i]) {
            spiked[count] = (uint16_t)i;
            count++;
        }
    }
    return count;
}

ES_KERNEL bool es_lif(const es_lif_params *p, void *state, const void *x, void *y)
{
    int32_t *u = (int32_t *)state;
    uint32_t *wait = (uint32_t *)(u + p->elements);
    uint32_t *count = wait + p->elements;
    uint16_t *spiked = (uint16_t *)(count + 1);
    uint8_t *spikes = (uint8_t *)y;

    for (size_t i = 0; i < p->elements; i++) {
        const int64_t fed = p->recurrent != NULL ? lif_feedback(p, spiked, *count, i) : 0;
        const int64_t sum = (int64_t)(u[i] - es_shift32(u[i], p->leak[i])) + es_load(x, p->x_type, i) + fed;
        const int32_t risen = (int32_t)es_saturate(sum, p->low, p->high);
        const bool spike = risen > p->threshold[i] && wait[i] == 0;

        u[i] = risen - (spike ? p->threshold[i] : 0);
        wait[i] = spike ? p->refractory : wait[i] - (wait[i] > 0);
        spikes[i] = spike;
    }
    if (p->recurrent != NULL) {
        *count = lif_list(spikes, p->elements, spiked);
    }
    return true;
}
