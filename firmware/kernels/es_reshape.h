/* y = x: the same elements in the same order; only the shape, which memory does not know, is another
 *
 * x, y: frames of frame_bytes. State: none.
 */
#ifndef ES_RESHAPE_H
#define ES_RESHAPE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t frame_bytes;
} es_reshape_params;

/* One frame in, one frame out; always true. */
ES_KERNEL bool es_reshape(const es_reshape_params *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
