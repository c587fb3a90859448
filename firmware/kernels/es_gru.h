/* h <- n + ((z * (h - n)) >> gate_bits),  y = h, where with a = weight_x x + bias, b = weight_h h:
 *
 * r = saturate(((a_r + b_r) >> shift) + 2^(gate_bits - 1))   unsigned, of gate_bits;  z alike
 * n = saturate((a_n + ((r * (b_n + bias_n)) >> gate_bits)) >> shift_n)   from -high - 1 to high
 *
 * x: [inputs], y: [units]. Constants in the order of use: weight_x: [units][inputs][3], weight_h: [units][units][3],
 * of r, z and n; bias: [units][4], of r, z, n, and bias_n.
 * Ranges: gate_bits of 1 to 16, h and y of 16 bits at most, shifts of 0 to 31; the compiler proves that no order of
 * summation takes more than 32 bits. State: h, y's type [units]; zeros at first.
 */
#ifndef ES_GRU_H
#define ES_GRU_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t inputs;
    uint32_t units;
    uint32_t shift;
    uint32_t shift_n;
    uint32_t gate_bits;
    int32_t high;
    es_type x_type;
    es_type y_type;
    es_type weight_x_type;
    es_type weight_h_type;
    const void *weight_x;
    const void *weight_h;
    const int32_t *bias;
} es_gru_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_gru(const es_gru_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
