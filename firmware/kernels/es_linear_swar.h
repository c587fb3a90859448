/* y[u][o] = saturate((bias[g][o] + sum_i weight[g][o][i] * x[u][i]) >> shift[g][o]),  g = u % groups
 *
 * Dense and Requant in one, more than one output in a multiplication. A chain of n sums modulo 2^32, made of the
 * words b a_0 + a_1, b a_1 + a_2, ..., b a_(n-1) + a_n with b = 2^base, holds n + 1 outputs A_0 to A_n:
 * T_n - b T_(n-1) + b^2 T_(n-2) - ... = A_n +- b^n A_0 gives A_n, and T_k = b A_(k-1) + A_k gives one after the other.
 * It is exact if each output has at most base * n and 32 - base bits: 8 outputs by 4 chains of one sum where they have
 * 16 bits, 6 by 2 chains of two sums (base 11) where they have 21, 5 by one chain of four (base 8) where they have 24.
 *
 * x: [units][inputs], int8_t, uint8_t or int16_t, a unit `step` elements after the one before; y: [units][outputs].
 * word: for each block of outputs of each group the biases of its four sums, then the words of each input, [inputs][4].
 * shift: [groups][outputs]. Ranges: shifts of 0 to 31; the compiler proves how many bits the outputs have.
 * State: none.
 */
#ifndef ES_LINEAR_SWAR_H
#define ES_LINEAR_SWAR_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t units; /* rows * groups */
    uint32_t groups;
    uint32_t outputs; /* of a group */
    uint32_t inputs;  /* of a group */
    uint32_t step;
    uint32_t chain; /* sums of a chain: 1, 2 or 4 */
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type y_type;
    const uint32_t *word;
    const uint8_t *shift;
} es_linear_swar_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_linear_swar(const es_linear_swar_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
