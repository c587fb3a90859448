#include "es_conv_swar.h"

ES_KERNEL bool es_conv_swar(const es_conv_swar_params *p, void *state, const void *x, void *y)
{
    const void *window;

    return es_line(&p->line, state, x, &window) && (y == NULL || es_linear_swar(&p->linear, window, y));
}
