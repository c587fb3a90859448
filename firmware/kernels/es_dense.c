#include "es_dense.h"

ES_INLINE const void *dense_skip(const void *x, es_type type, size_t elements)
{
    return (const uint8_t *)x + elements * es_size(type);
}

/* sum + weight . x */
ES_INLINE uint32_t dense_dot(uint32_t sum, const void *weight, es_type w, const void *x, es_type t, size_t inputs)
{
    for (size_t i = 0; i < inputs; i++) {
        sum += (uint32_t)es_load(weight, w, i) * (uint32_t)es_load(x, t, i);
    }
    return sum;
}

/* The same for four outputs, which share each reading of the input. Written out, since this is where the time goes. */
ES_INLINE void dense_dot4(uint32_t sum[4], const void *weight, es_type w, const void *x, es_type t, size_t inputs)
{
    const void *weight1 = dense_skip(weight, w, inputs);
    const void *weight2 = dense_skip(weight1, w, inputs);
    const void *weight3 = dense_skip(weight2, w, inputs);
    uint32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];

    for (size_t i = 0; i < inputs; i++) {
        const uint32_t xi = (uint32_t)es_load(x, t, i);

        sum0 += (uint32_t)es_load(weight, w, i) * xi;
        sum1 += (uint32_t)es_load(weight1, w, i) * xi;
        sum2 += (uint32_t)es_load(weight2, w, i) * xi;
        sum3 += (uint32_t)es_load(weight3, w, i) * xi;
    }
    sum[0] = sum0;
    sum[1] = sum1;
    sum[2] = sum2;
    sum[3] = sum3;
}

/* One group of one row, whose outputs begin at `first` of the layer, with weights of 8 bits: by fours, then the rest. */
ES_INLINE void dense_fast_group(const es_dense_params *p, size_t first, const void *x, es_type t, void *y, es_type u)
{
    const size_t inputs = p->inputs, outputs = p->outputs;
    const int8_t *weight = (const int8_t *)p->weight + first * inputs;
    const int32_t *bias = p->bias + first;
    const size_t fours = outputs / 4 * 4;
    size_t o = 0;

    for (; o < fours; o += 4, weight += 4 * inputs) {
        uint32_t sum[4] = {(uint32_t)bias[o], (uint32_t)bias[o + 1], (uint32_t)bias[o + 2], (uint32_t)bias[o + 3]};

        dense_dot4(sum, weight, ES_INT8, x, t, inputs);
        for (size_t k = 0; k < 4; k++) {
            es_store(y, u, o + k, sum[k]);
        }
    }
    for (; o < outputs; o++, weight += inputs) {
        es_store(y, u, o, dense_dot((uint32_t)bias[o], weight, ES_INT8, x, t, inputs));
    }
}

/* One group of one row for any types. */
ES_INLINE void dense_any_group(const es_dense_params *p, size_t first, const void *x, void *y)
{
    for (size_t o = 0; o < p->outputs; o++) {
        const void *weight = dense_skip(p->weight, p->weight_type, (first + o) * p->inputs);
        const uint32_t bias = (uint32_t)p->bias[first + o];

        es_store(y, p->y_type, o, dense_dot(bias, weight, p->weight_type, x, p->x_type, p->inputs));
    }
}

/* One group of one row: its own code for weights of 8 bits and the types that activations and accumulators have. */
static void dense_group(const es_dense_params *p, size_t first, const void *x, void *y)
{
    const bool wide = p->y_type == ES_INT32;
    const bool fast = p->weight_type == ES_INT8 && (wide || p->y_type == ES_INT16);

    if (fast && wide && p->x_type == ES_INT8) {
        dense_fast_group(p, first, x, ES_INT8, y, ES_INT32);
    } else if (fast && wide && p->x_type == ES_UINT8) {
        dense_fast_group(p, first, x, ES_UINT8, y, ES_INT32);
    } else if (fast && p->x_type == ES_INT8) {
        dense_fast_group(p, first, x, ES_INT8, y, ES_INT16);
    } else if (fast && p->x_type == ES_UINT8) {
        dense_fast_group(p, first, x, ES_UINT8, y, ES_INT16);
    } else {
        dense_any_group(p, first, x, y);
    }
}

ES_KERNEL bool es_dense(const es_dense_params *p, const void *x, void *y)
{
    for (size_t r = 0; r < p->rows; r++) {
        for (size_t g = 0; g < p->groups; g++) {
            dense_group(p, g * p->outputs, x, y);
            x = dense_skip(x, p->x_type, p->inputs);
            y = (uint8_t *)y + p->outputs * es_size(p->y_type);
        }
    }
    return true;
}
