#include "es_biquad.h"

#include "es_fixed.h"

/* One section on one sample. h: its x[t-1], x[t-2], y[t-1], y[t-2]. */
static int32_t biquad_section(const es_biquad_params *p, const int16_t c[5], int32_t h[4], int32_t x)
{
    const int64_t sum = (int64_t)c[0] * x + (int64_t)c[1] * h[0] + (int64_t)c[2] * h[1]
                      - (int64_t)c[3] * h[2] - (int64_t)c[4] * h[3];
    const int32_t y = (int32_t)es_saturate(es_shift(sum, p->fraction), p->low, p->high);

    h[1] = h[0];
    h[0] = x;
    h[3] = h[2];
    h[2] = y;
    return y;
}

ES_KERNEL bool es_biquad(const es_biquad_params *p, void *state, const void *x, void *y)
{
    int32_t *history = (int32_t *)state;

    for (size_t i = 0; i < p->elements; i++) {
        int32_t sample = (int32_t)es_load(x, p->x_type, i) * (int32_t)(UINT32_C(1) << p->guard);

        for (size_t k = 0; k < p->sections; k++) {
            sample = biquad_section(p, p->coefficients + 5 * k, history + 4 * (k * p->elements + i), sample);
        }
        es_store(y, p->y_type, i, sample);
    }
    return true;
}
