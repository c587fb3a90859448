/* y[r][k] = x[r][start + k]
 *
 * x: [rows][row_bytes], y: [rows][bytes], of one type. Ranges: start_bytes + bytes <= row_bytes. State: none.
 */
#ifndef ES_SLICE_H
#define ES_SLICE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t row_bytes;
    uint32_t start_bytes;
    uint32_t bytes;
} es_slice_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_slice(const es_slice_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
