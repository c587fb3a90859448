#include "es_lif.h"

#include <string.h>

#include "es_fixed.h"

/* The sum of the weights to element i from those that spiked. */
static int64_t lif_feedback(const es_lif_params *p, const uint8_t *spiked, size_t i)
{
    int64_t sum = 0;

    for (size_t j = 0; j < p->elements; j++) {
        if (spiked[j]) {
            sum += es_load(p->recurrent, p->recurrent_type, i * p->elements + j);
        }
    }
    return sum;
}

bool es_lif(const es_lif_params *p, void *state, const void *x, void *y)
{
    int32_t *u = (int32_t *)state;
    uint32_t *wait = (uint32_t *)(u + p->elements);
    uint8_t *spiked = (uint8_t *)(wait + p->elements);
    uint8_t *spikes = (uint8_t *)y;

    for (size_t i = 0; i < p->elements; i++) {
        const int64_t drive = es_load(x, p->x_type, i) + (p->recurrent != NULL ? lif_feedback(p, spiked, i) : 0);
        const int64_t sum = (int64_t)u[i] - es_shift(u[i], p->leak[i]) + drive;
        const int32_t risen = (int32_t)es_saturate(sum, p->low, p->high);
        const bool spike = risen > p->threshold[i] && wait[i] == 0;

        u[i] = risen - (spike ? p->threshold[i] : 0);
        wait[i] = spike ? p->refractory : wait[i] - (wait[i] > 0);
        spikes[i] = spike;
    }
    memcpy(spiked, spikes, p->elements);
    return true;
}
