/* y = x while the gate is 1, else 0
 *
 * Multiply of a gate of one bit, and what spreads it over the elements of x, as a copy. x, y: `bytes` bytes, of one
 * type; gate: one uint8_t, 0 or 1. Ranges: bytes of 1 or more. No state.
 */
#ifndef ES_PASS_H
#define ES_PASS_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t bytes;
} es_pass_params;

/* One frame of each in, one out: always true. */
ES_KERNEL bool es_pass(const es_pass_params *p, const void *x, const void *gate, void *y);

#ifdef __cplusplus
}
#endif

#endif
