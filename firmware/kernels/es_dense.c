#include "es_dense.h"

ES_INLINE const void *skip(const void *x, es_type type, size_t elements)
{
    return (const uint8_t *)x + elements * es_size(type);
}

/* sum[0] += weight[0] . x */
ES_INLINE void dot(uint32_t *sum, const void *weight, es_type w, const void *x, es_type t, size_t inputs)
{
    for (size_t i = 0; i < inputs; i++) {
        sum[0] += (uint32_t)es_load(weight, w, i) * (uint32_t)es_load(x, t, i);
    }
}

/* sum[k] += weight[k] . x for four outputs, which share each reading of the input */
ES_INLINE void dot4(uint32_t *sum, const void *weight, es_type w, const void *x, es_type t, size_t inputs)
{
    const void *weight1 = skip(weight, w, inputs);
    const void *weight2 = skip(weight, w, 2 * inputs);
    const void *weight3 = skip(weight, w, 3 * inputs);
    uint32_t a = sum[0], b = sum[1], c = sum[2], d = sum[3];

    for (size_t i = 0; i < inputs; i++) {
        const uint32_t xi = (uint32_t)es_load(x, t, i);

        a += (uint32_t)es_load(weight, w, i) * xi;
        b += (uint32_t)es_load(weight1, w, i) * xi;
        c += (uint32_t)es_load(weight2, w, i) * xi;
        d += (uint32_t)es_load(weight3, w, i) * xi;
    }
    sum[0] = a, sum[1] = b, sum[2] = c, sum[3] = d;
}

/* `count` outputs of a group in one row, 4 or 1, from output o of the layer on */
ES_INLINE void outputs(const es_dense_params *p, size_t count, size_t o, const void *x, es_type t, es_type w, void *y)
{
    const void *weight = skip(p->weight, w, o * p->inputs);
    uint32_t sum[4];

    for (size_t k = 0; k < count; k++) {
        sum[k] = (uint32_t)p->bias[o + k];
    }
    if (count == 4) {
        dot4(sum, weight, w, x, t, p->inputs);
    } else {
        dot(sum, weight, w, x, t, p->inputs);
    }
    for (size_t k = 0; k < count; k++) {
        es_store(y, p->y_type, k, sum[k]);
    }
}

ES_INLINE void layer(const es_dense_params *p, const void *x, es_type t, es_type w, void *y)
{
    uint8_t *out = (uint8_t *)y;

    for (size_t r = 0; r < p->rows; r++) {
        for (size_t g = 0; g < p->groups; g++, x = skip(x, t, p->inputs)) {
            size_t o = 0;

            for (; o + 4 <= p->outputs; o += 4, out += 4 * es_size(p->y_type)) {
                outputs(p, 4, g * p->outputs + o, x, t, w, out);
            }
            for (; o < p->outputs; o++, out += es_size(p->y_type)) {
                outputs(p, 1, g * p->outputs + o, x, t, w, out);
            }
        }
    }
}

bool es_dense(const es_dense_params *p, const void *x, void *y)
{
    const bool narrow = p->weight_type == ES_INT8;

    if (narrow && p->x_type == ES_INT8) {
        layer(p, x, ES_INT8, ES_INT8, y);
    } else if (narrow && p->x_type == ES_UINT8) {
        layer(p, x, ES_UINT8, ES_INT8, y);
    } else {
        layer(p, x, p->x_type, p->weight_type, y);
    }
    return true;
}
