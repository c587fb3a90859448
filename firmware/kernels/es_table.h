/* y = values[x - least]
 *
 * x, y: [elements]. values: one of y's type for each value of x, from the least on. Ranges: x of 12 bits at most.
 * State: none.
 */
#ifndef ES_TABLE_H
#define ES_TABLE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t elements;
    int32_t least; /* of x's values: 0 or negative */
    es_type x_type;
    es_type y_type;
    const void *values;
} es_table_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_table(const es_table_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
