#include "es_gru.h"

#include <string.h>

#include "es_fixed.h"

/* Input i in the sums of a unit's r, z and n. */
ES_INLINE void gru_add(int32_t sum[3], const void *weight, es_type w, const void *x, es_type t, size_t i)
{
    const int32_t xi = (int32_t)es_load(x, t, i);

    sum[0] += (int32_t)es_load(weight, w, 3 * i) * xi;
    sum[1] += (int32_t)es_load(weight, w, 3 * i + 1) * xi;
    sum[2] += (int32_t)es_load(weight, w, 3 * i + 2) * xi;
}

ES_INLINE void gru_add_all(int32_t sums[3], const void *weight, es_type w, const void *x, es_type t, size_t length)
{
    int32_t sum[3] = {sums[0], sums[1], sums[2]};

    for (; length >= 4; length -= 4) {
        gru_add(sum, weight, w, x, t, 0);
        gru_add(sum, weight, w, x, t, 1);
        gru_add(sum, weight, w, x, t, 2);
        gru_add(sum, weight, w, x, t, 3);
        weight = (const uint8_t *)weight + 12 * es_size(w);
        x = (const uint8_t *)x + 4 * es_size(t);
    }
    for (size_t i = 0; i < length; i++) {
        gru_add(sum, weight, w, x, t, i);
    }
    sums[0] = sum[0];
    sums[1] = sum[1];
    sums[2] = sum[2];
}

/* Any types, one by one. */
static void gru_add_each(int32_t sum[3], const void *weight, es_type w, const void *x, es_type t, size_t length)
{
    for (size_t i = 0; i < 3 * length; i++) {
        sum[i % 3] += (int32_t)es_load(weight, w, i) * (int32_t)es_load(x, t, i / 3);
    }
}

/* sums += the weights of a unit . x, by its own code for the types that quantized networks have. */
ES_APART void gru_sums(
    int32_t sums[3], const void *weight, es_type w, size_t unit, const void *x, es_type t, size_t length)
{
    const void *own = (const uint8_t *)weight + unit * 3 * length * es_size(w);

    if (w == ES_INT8 && t == ES_INT8) {
        gru_add_all(sums, own, ES_INT8, x, ES_INT8, length);
    } else if (w == ES_INT8 && t == ES_UINT8) {
        gru_add_all(sums, own, ES_INT8, x, ES_UINT8, length);
    } else if (w == ES_INT8 && t == ES_INT16) {
        gru_add_all(sums, own, ES_INT8, x, ES_INT16, length);
    } else {
        gru_add_each(sums, own, w, x, t, length);
    }
}

static int32_t gru_gate(const es_gru_params *p, int32_t sum)
{
    const int32_t half = (int32_t)(UINT32_C(1) << (p->gate_bits - 1));

    return es_saturate32(es_shift32(sum, p->shift), -half, half - 1) + half;
}

/* (g * value) >> gate_bits */
ES_INLINE int32_t gru_gated(const es_gru_params *p, int32_t g, int32_t value)
{
    return (int32_t)es_shift((int64_t)g * value, p->gate_bits);
}

ES_KERNEL bool es_gru(const es_gru_params *p, void *state, const void *x, void *y)
{
    for (size_t i = 0; i < p->units; i++) {
        const int32_t *bias = p->bias + 4 * i;
        int32_t sum[3] = {bias[0], bias[1], bias[2]};
        int32_t given, r, z, n;

        gru_sums(sum, p->weight_x, p->weight_x_type, i, x, p->x_type, p->inputs);
        given = sum[2];
        sum[2] = bias[3];
        gru_sums(sum, p->weight_h, p->weight_h_type, i, state, p->y_type, p->units);
        r = gru_gate(p, sum[0]);
        z = gru_gate(p, sum[1]);
        n = es_saturate32(es_shift32(given + gru_gated(p, r, sum[2]), p->shift_n), -p->high - 1, p->high);
        es_store(y, p->y_type, i, n + gru_gated(p, z, (int32_t)es_load(state, p->y_type, i) - n));
    }
    memcpy(state, y, p->units * es_size(p->y_type));
    return true;
}
