/* The window of es_window.h where it lies: the frames t - (kernel-1)*dilation, ..., t - dilation, t side by side.
 *
 * A line buffer without copies: each frame is written to a slot and again `kernel` slots further on, so that the
 * window that ends with it is always one run. Frames that are `dilation` apart share a ring.
 * x: [rows][row_bytes]. The window: [rows][kernel][row_bytes], a row 2 * kernel * row_bytes after the one before.
 * Ranges: all fields of 1 or more. State: es_line_state, then uint8_t [dilation][rows][2 * kernel][row_bytes];
 * zeros at first.
 */
#ifndef ES_LINE_H
#define ES_LINE_H

#include "es_type.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t kernel;
    uint32_t dilation;
    uint32_t stride;
    uint32_t rows;
    uint32_t row_bytes; /* channels * size of an element */
} es_line_params;

typedef struct {
    uint32_t at;    /* slot of the next frame in its ring */
    uint32_t ring;  /* where the next frame goes */
    uint32_t phase; /* frames since the last window that came out */
} es_line_state;

/* One frame in; *window is where the window that ends with it begins. False where none is due. */
ES_KERNEL bool es_line(const es_line_params *p, void *state, const void *x, const void **window);

#ifdef __cplusplus
}
#endif

#endif
