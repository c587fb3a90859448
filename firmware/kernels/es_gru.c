#include "es_gru.h"

#include <string.h>

#include "es_fixed.h"

/* sum + row `row` of weight . x */
ES_INLINE int32_t gru_dot(
    int32_t sum, const void *weight, es_type w, size_t row, const void *x, es_type t, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        sum += (int32_t)es_load(weight, w, row * length + i) * (int32_t)es_load(x, t, i);
    }
    return sum;
}

/* The same with its own code for the types that quantized networks have. */
static int32_t gru_row_dot(
    int32_t sum, const void *weight, es_type w, size_t row, const void *x, es_type t, size_t length)
{
    if (w == ES_INT8 && t == ES_INT8) {
        return gru_dot(sum, weight, ES_INT8, row, x, ES_INT8, length);
    }
    if (w == ES_INT8 && t == ES_UINT8) {
        return gru_dot(sum, weight, ES_INT8, row, x, ES_UINT8, length);
    }
    if (w == ES_INT8 && t == ES_INT16) {
        return gru_dot(sum, weight, ES_INT8, row, x, ES_INT16, length);
    }
    return gru_dot(sum, weight, w, row, x, t, length);
}

static int32_t gru_add_x(const es_gru_params *p, int32_t sum, size_t row, const void *x)
{
    return gru_row_dot(sum, p->weight_x, p->weight_x_type, row, x, p->x_type, p->inputs);
}

static int32_t gru_add_h(const es_gru_params *p, int32_t sum, size_t row, const void *h)
{
    return gru_row_dot(sum, p->weight_h, p->weight_h_type, row, h, p->y_type, p->units);
}

static int32_t gru_gate(const es_gru_params *p, size_t row, const void *x, const void *h)
{
    const int32_t sum = gru_add_h(p, gru_add_x(p, p->bias[row], row, x), row, h);
    const int32_t half = (int32_t)(UINT32_C(1) << (p->gate_bits - 1));

    return (int32_t)es_saturate((int64_t)es_shift32(sum, p->shift) + half, 0, 2 * half - 1);
}

/* (g * value) >> gate_bits */
ES_INLINE int32_t gru_gated(const es_gru_params *p, int32_t g, int32_t value)
{
    return (int32_t)es_shift((int64_t)g * value, p->gate_bits);
}

bool es_gru(const es_gru_params *p, void *state, const void *x, void *y)
{
    for (size_t i = 0; i < p->units; i++) {
        const size_t row = 2 * (size_t)p->units + i;
        const int32_t r = gru_gate(p, i, x, state);
        const int32_t z = gru_gate(p, p->units + i, x, state);
        const int32_t reset = gru_gated(p, r, gru_add_h(p, p->bias_n[i], row, state));
        const int32_t sum = gru_add_x(p, p->bias[row], row, x) + reset;
        const int32_t n = es_saturate32(es_shift32(sum, p->shift_n), -p->high - 1, p->high);

        es_store(y, p->y_type, i, n + gru_gated(p, z, (int32_t)es_load(state, p->y_type, i) - n));
    }
    memcpy(state, y, p->units * es_size(p->y_type));
    return true;
}
