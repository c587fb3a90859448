/* y[t] = concat(x[t - (kernel-1)*dilation], ..., x[t - dilation], x[t]), for every stride-th t.
 *
 * A line buffer. x: [rows][channels], y: [rows][kernel * channels], of one type.
 * Ranges: kernel, dilation, stride, rows, row_bytes of 1 or more.
 * State: es_window_state, then the ring: x's type [slots][rows * channels], slots = (kernel-1)*dilation + 1;
 * zeros at first. Frames stay where they were written; only `at` moves.
 */
#ifndef ES_WINDOW_H
#define ES_WINDOW_H

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
} es_window_params;

typedef struct {
    uint32_t at;    /* slot of the oldest frame, where the next one goes */
    uint32_t phase; /* frames since the last one that came out */
} es_window_state;

/* One frame in; true if a frame came out, false (y untouched) where none is due. y NULL: the frame is taken, nothing is
 * computed; returns the same. */
ES_KERNEL bool es_window(const es_window_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
