/* Window, Dense and Requant in one: es_linear_swar of the window of es_line.
 *
 * State: of es_line.
 */
#ifndef ES_CONV_SWAR_H
#define ES_CONV_SWAR_H

#include "es_line.h"
#include "es_linear_swar.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    es_line_params line;
    es_linear_swar_params linear;
} es_conv_swar_params;

/* One frame in; true if a frame came out, false (y untouched) where none is due. y NULL: the frame is taken, nothing is
 * computed; returns the same. */
ES_KERNEL bool es_conv_swar(const es_conv_swar_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
