/* y[r] = x0[r], x1[r]: the last axes, one after the other
 *
 * x0: [rows][width0], x1: [rows][width1], y: [rows][width0 + width1], any types.
 * Ranges: y's type holds both inputs' ranges. State: none.
 */
#ifndef ES_CONCAT_H
#define ES_CONCAT_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t rows;
    uint32_t width0;
    uint32_t width1;
    es_type x0_type;
    es_type x1_type;
    es_type y_type;
} es_concat_params;

/* A frame of each input in, one frame out; always true. */
ES_KERNEL bool es_concat(const es_concat_params *p, const void *x0, const void *x1, void *y);

#ifdef __cplusplus
}
#endif

#endif
