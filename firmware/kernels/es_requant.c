#include "es_requant.h"

#include "es_fixed.h"

/* Any types, in 64 bits. */
static void requant_wide(const es_requant_params *p, const void *x, void *y)
{
    for (size_t i = 0, k = 0; i < p->elements; i++) {
        const int64_t value = es_shift(es_load(x, p->x_type, i), p->shift[k]);

        es_store(y, p->y_type, i, es_saturate(value, p->low, p->high));
        k = k + 1 < p->shifts ? k + 1 : 0;
    }
}

/* Accumulators of 16 or 32 bits to activations of 8: what most frames need, in 32 bits. */
ES_INLINE void requant_narrow(const es_requant_params *p, const void *x, void *y, es_type x_type)
{
    const size_t elements = p->elements, shifts = p->shifts;
    const size_t run = shifts == 1 ? elements : 1; /* elements in a row with the same shift */
    const int32_t low = (int32_t)p->low, high = (int32_t)p->high;

    for (size_t start = 0, k = 0; start < elements; start += run) {
        const uint32_t shift = p->shift[k];

        for (size_t i = start; i < start + run; i++) {
            const int32_t value = es_shift32((int32_t)es_load(x, x_type, i), shift);

            es_store(y, ES_INT8, i, es_saturate32(value, low, high));
        }
        k = k + 1 < shifts ? k + 1 : 0;
    }
}

ES_KERNEL bool es_requant(const es_requant_params *p, const void *x, void *y)
{
    const bool to_8_bits = es_size(p->y_type) == 1;

    if (to_8_bits && p->x_type == ES_INT32) {
        requant_narrow(p, x, y, ES_INT32);
    } else if (to_8_bits && p->x_type == ES_INT16) {
        requant_narrow(p, x, y, ES_INT16);
    } else {
        requant_wide(p, x, y);
    }
    return true;
}
