#include "es_state_space.h"

#include "es_fixed.h"

/* One row's a s + b x. */
static int64_t state_space_row(const es_state_space_params *p, const int16_t *row, const int32_t *s, const void *x)
{
    int64_t sum = 0;

    for (size_t k = 0; k < p->states; k++) {
        sum += (int64_t)row[k] * s[k];
    }
    for (size_t k = 0; k < p->inputs; k++) {
        sum += row[p->states + k] * es_load(x, p->x_type, k);
    }
    return sum;
}

/* Every row reads the old states, so the new ones wait in y until all are there. */
ES_KERNEL bool es_state_space(const es_state_space_params *p, void *state, const void *x, void *y)
{
    int32_t *s = (int32_t *)state;
    const int16_t *row = p->coefficients;

    for (size_t n = 0; n < p->states; n++, row += p->states + p->inputs) {
        const int64_t sum = state_space_row(p, row, s, x);

        es_store(y, p->y_type, n, es_saturate(es_shift(sum, p->fraction), p->low, p->high));
    }
    for (size_t n = 0; n < p->states; n++) {
        s[n] = (int32_t)es_load(y, p->y_type, n);
    }
    return true;
}
