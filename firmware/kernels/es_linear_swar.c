#include "es_linear_swar.h"

#include "es_fixed.h"

/* The sums of a block, and the outputs that they hold. */
typedef struct {
    uint32_t sum[4];
    int32_t output[8];
} swar_block;

/* What is left of the constants and the outputs. */
typedef struct {
    const uint32_t *word;
    const uint8_t *shift;
    void *y;
} swar_rest;

/* Input i in all sums. */
ES_INLINE void swar_add(uint32_t sum[4], const uint32_t *word, const void *x, es_type t, size_t i)
{
    const uint32_t xi = (uint32_t)es_load(x, t, i);

    sum[0] += word[4 * i] * xi;
    sum[1] += word[4 * i + 1] * xi;
    sum[2] += word[4 * i + 2] * xi;
    sum[3] += word[4 * i + 3] * xi;
}

/* All inputs in all sums. Returns the words of the next block. */
ES_INLINE const uint32_t *swar_add_all(swar_block *b, const uint32_t *word, const void *x, es_type t, size_t inputs)
{
    uint32_t sum[4] = {word[0], word[1], word[2], word[3]};
    const uint8_t *end = (const uint8_t *)x + (inputs - inputs % 4) * es_size(t);

    word += 4;
    for (; (const uint8_t *)x < end; word += 16, x = (const uint8_t *)x + 4 * es_size(t)) {
        swar_add(sum, word, x, t, 0);
        swar_add(sum, word, x, t, 1);
        swar_add(sum, word, x, t, 2);
        swar_add(sum, word, x, t, 3);
    }
    for (size_t i = 0; i < inputs % 4; i++) {
        swar_add(sum, word, x, t, i);
    }
    b->sum[0] = sum[0];
    b->sum[1] = sum[1];
    b->sum[2] = sum[2];
    b->sum[3] = sum[3];
    return word + 4 * (inputs % 4);
}

ES_APART const uint32_t *swar_sums(swar_block *b, const uint32_t *word, const void *x, es_type t, size_t inputs)
{
    if (t == ES_INT8) {
        return swar_add_all(b, word, x, ES_INT8, inputs);
    }
    if (t == ES_UINT8) {
        return swar_add_all(b, word, x, ES_UINT8, inputs);
    }
    return swar_add_all(b, word, x, ES_INT16, inputs);
}

/* The outputs of one chain, the last one first. */
ES_INLINE void swar_unchain(const uint32_t *sum, int32_t *output, size_t chain, uint32_t base)
{
    const uint32_t spare = chain * base < 32 ? 32 - (uint32_t)chain * base : 0;
    uint32_t last = sum[0];

    for (size_t k = 1; k < chain; k++) {
        last = sum[k] - (last << base);
    }
    output[chain] = es_shift32((int32_t)(last << spare), spare);
    for (size_t k = chain; k > 0; k--) {
        output[k - 1] = es_shift32((int32_t)(sum[k - 1] - (uint32_t)output[k]), base);
    }
}

/* The outputs of a block. */
ES_INLINE void swar_unchain_all(swar_block *b, uint32_t chain)
{
    if (chain == 1) {
        swar_unchain(b->sum, b->output, 1, 16);
        swar_unchain(b->sum + 1, b->output + 2, 1, 16);
        swar_unchain(b->sum + 2, b->output + 4, 1, 16);
        swar_unchain(b->sum + 3, b->output + 6, 1, 16);
    } else if (chain == 2) {
        swar_unchain(b->sum, b->output, 2, 11);
        swar_unchain(b->sum + 2, b->output + 3, 2, 11);
    } else {
        swar_unchain(b->sum, b->output, 4, 8);
    }
}

/* The outputs of one unit. */
static void swar_unit(const es_linear_swar_params *p, swar_rest *rest, const void *x)
{
    const size_t most = 4 + 4 / p->chain; /* outputs of a block */

    for (size_t left = p->outputs, count; left > 0; left -= count) {
        swar_block b;

        count = left < most ? left : most;
        rest->word = swar_sums(&b, rest->word, x, p->x_type, p->inputs);
        swar_unchain_all(&b, p->chain);
        es_requant_some(b.output, rest->shift, count, p->low, p->high, rest->y, p->y_type);
        rest->shift += count;
        rest->y = (uint8_t *)rest->y + count * es_size(p->y_type);
    }
}

ES_KERNEL bool es_linear_swar(const es_linear_swar_params *p, const void *x, void *y)
{
    const uint8_t *xi = (const uint8_t *)x;
    swar_rest rest = {p->word, p->shift, y};

    for (size_t unit = 0, g = 0; unit < p->units; unit++, xi += p->step * es_size(p->x_type)) {
        swar_unit(p, &rest, xi);
        g++;
        if (g == p->groups) {
            g = 0;
            rest.word = p->word;
            rest.shift = p->shift;
        }
    }
    return true;
}
