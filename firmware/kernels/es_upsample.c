#include "es_upsample.h"

#include <string.h>

ES_KERNEL bool es_upsample(const es_upsample_params *p, void *state, const void *x, void *y)
{
    if (x != NULL) {
        memcpy(state, x, p->frame_bytes);
    }
    memcpy(y, state, p->frame_bytes);
    return true;
}
