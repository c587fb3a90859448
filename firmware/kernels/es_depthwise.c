#include "es_depthwise.h"

#include "es_fixed.h"

/* The sums of four channels, which lie `channels` elements apart from tap to tap. */
ES_INLINE void depthwise_sums(
    int32_t sum[4], const int8_t *weight, size_t kernel, const void *x, es_type t, size_t channels)
{
    int32_t sum0 = sum[0], sum1 = sum[1], sum2 = sum[2], sum3 = sum[3];

    for (const int8_t *end = weight + 4 * kernel; weight < end; weight += 4) {
        sum0 += weight[0] * (int32_t)es_load(x, t, 0);
        sum1 += weight[1] * (int32_t)es_load(x, t, 1);
        sum2 += weight[2] * (int32_t)es_load(x, t, 2);
        sum3 += weight[3] * (int32_t)es_load(x, t, 3);
        x = (const uint8_t *)x + channels * es_size(t);
    }
    sum[0] = sum0;
    sum[1] = sum1;
    sum[2] = sum2;
    sum[3] = sum3;
}

/* By its own code for the types that streams have. */
ES_APART void depthwise_four(const es_depthwise_params *p, int32_t sum[4], size_t c, const void *window)
{
    const int8_t *weight = p->weight + c * p->line.kernel;
    const void *x = (const uint8_t *)window + c * es_size(p->x_type);

    if (p->x_type == ES_INT8) {
        depthwise_sums(sum, weight, p->line.kernel, x, ES_INT8, p->channels);
    } else if (p->x_type == ES_UINT8) {
        depthwise_sums(sum, weight, p->line.kernel, x, ES_UINT8, p->channels);
    } else {
        depthwise_sums(sum, weight, p->line.kernel, x, ES_INT16, p->channels);
    }
}

ES_KERNEL bool es_depthwise(const es_depthwise_params *p, void *state, const void *x, void *y)
{
    const void *window;

    if (!es_line(&p->line, state, x, &window)) {
        return false;
    }
    if (y == NULL) {
        return true;
    }
    for (size_t c = 0; c < p->channels; c += 4) {
        const size_t count = p->channels - c < 4 ? p->channels - c : 4;
        const int32_t *bias = p->bias + c;
        int32_t sum[4] = {bias[0], bias[1], bias[2], bias[3]};
        uint8_t *to = (uint8_t *)y + c * es_size(p->y_type);

        depthwise_four(p, sum, c, window);
        es_requant_some(sum, p->shift + c, count, p->low, p->high, to, p->y_type);
    }
    return true;
}
