#include "es_reshape.h"

#include <string.h>

ES_KERNEL bool es_reshape(const es_reshape_params *p, const void *x, void *y)
{
    memcpy(y, x, p->frame_bytes);
    return true;
}
