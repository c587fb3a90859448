/* y[u][o] = saturate((bias[g][o] + sum_i weight[g][o][i] * x[u][i]) >> shift[g][o]),  g = u % groups
 *
 * Dense and Requant in one, two outputs in one multiplication: (w1 * 2^16 + w0) * x = w1 * x * 2^16 + w0 * x. A sum of
 * such products modulo 2^32 holds the sums of both outputs for as long as each, with an offset of its own, stays
 * within 16 bits: the inputs are taken in runs of four and more, and after each run the pair goes to two sums of 32 bits.
 *
 * x: int8_t or uint8_t, [units][inputs], a unit `step` elements after the one before; y: [units][outputs].
 * Constants in the order of use, outputs by fours, with zeros where a group's last four lacks outputs:
 * run: of each four its runs, then 0. Each is a head, first + 2^16 * quads, with its first input and its length in
 * fours; the offsets of the two pairs; the weights [4 * quads][2]. start: the sums before the first run, two a
 * pair: of the whole pairs, with all offsets taken off, and of the upper halves. shift: [groups][fours][4].
 * Ranges: inputs of 4 or more, shifts of 0 to 31; the compiler chooses runs whose sums fit 16 bits, and proves that
 * results fit 32. All sums are taken modulo 2^32. State: none.
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
    uint32_t step;
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type y_type;
    const uint32_t *run;
    const uint32_t *start;
    const uint8_t *shift;
} es_linear_swar_params;

/* One frame in, one frame out; always true. */
bool es_linear_swar(const es_linear_swar_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
