/* y[c] = saturate((bias[c] + sum_k weight[c][k] * x[t - (kernel-1-k)*dilation][c]) >> shift[c]), for every stride-th t
 *
 * Window, Dense and Requant of channels each by itself, in the window of es_line. x, y: [channels].
 * Constants in the order of use, channels by fours, with zeros for those that the last four lacks:
 * bias, shift: [fours][4], weight: [fours][kernel][4]. x: int8_t, uint8_t or int16_t.
 * Ranges: shifts of 0 to 31; the compiler proves that sums in any order fit 32 bits. State: of es_line with one row,
 * and three elements after it, which are read but do not count.
 */
#ifndef ES_DEPTHWISE_H
#define ES_DEPTHWISE_H

#include "es_line.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    es_line_params line;
    uint32_t channels;
    int32_t low;
    int32_t high;
    es_type x_type;
    es_type y_type;
    const int8_t *weight;
    const int32_t *bias;
    const uint8_t *shift;
} es_depthwise_params;

/* One frame in; true if a frame came out, false (y untouched) where none is due. y NULL: the frame is taken, nothing is
 * computed; returns the same. */
ES_KERNEL bool es_depthwise(const es_depthwise_params *p, void *state, const void *x, void *y);

#ifdef __cplusplus
}
#endif

#endif
